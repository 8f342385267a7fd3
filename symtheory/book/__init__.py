"""What the chapters share and the package alone does not need: figures, numbers, the explorer."""
