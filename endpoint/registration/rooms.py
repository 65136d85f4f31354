"""The rooms of registration: registering, following, deciding, and the register of decisions."""

from __future__ import annotations

from typing import Final

from endpoint.registration.approval import router as approval
from endpoint.registration.decisions import router as decisions
from endpoint.registration.router import router as steps
from endpoint.registration.tracking import router as tracking

ROOMS: Final = (approval, decisions, tracking, steps)
