"""Alerts: what is said of them, who is told, and the pages where people choose what they hear."""
