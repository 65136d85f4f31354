"""Who takes part: public pages of nodes, their badges, and what they are told by mail."""
