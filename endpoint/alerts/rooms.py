"""The rooms of alerts, for the application."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from endpoint.alerts.links import router as links
from endpoint.alerts.pages import router as pages
from endpoint.alerts.subscribing import account, of_node

ROOMS: Final[tuple[APIRouter, ...]] = (pages, account, of_node, links)
