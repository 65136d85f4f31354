"""The operators' pages: how all nodes stand, one node, one run, one problem. They work without script."""
