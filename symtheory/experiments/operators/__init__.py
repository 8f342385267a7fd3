"""A turn that is learned from pairs of images of other classes."""
