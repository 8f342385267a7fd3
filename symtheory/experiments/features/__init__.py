"""Whether features that are learned help at a pose that one class lacks."""
