"""Verdicts and trained networks: groups, architectures and data sets, each with each."""
