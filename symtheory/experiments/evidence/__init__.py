"""Does the marginal likelihood see the symmetry of the labels, and does what it finds help?"""
