"""Alerts, who hears of them, and what was told."""
