"""Whether an unseen pose comes with more training."""
