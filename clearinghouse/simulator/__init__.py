"""A simulator of nodes, good and bad, over real sockets: each misbehaviour is a switch."""
