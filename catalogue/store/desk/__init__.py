"""What the catalogue owes others: check-ups, letters, visits of clients, its own keys."""
