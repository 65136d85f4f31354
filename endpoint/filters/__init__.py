"""What filters of every language mean: comparisons, extents and times as predicates of `catalogue.query`."""
