"""The one way out to remote sources: a session with an address guard, limits and manners."""

from __future__ import annotations

from harvester.http.answer import Answer
from harvester.http.guard import AddressGuard
from harvester.http.session import HarvestSession
from harvester.http.terms import Limits, Proxy, Terms

__all__ = ["AddressGuard", "Answer", "HarvestSession", "Limits", "Proxy", "Terms"]
