"""Who asks, and what he may do: signing in, sessions, tokens, and the gate before the rooms that need it."""
