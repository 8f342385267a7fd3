r"""Kernels of infinitely wide networks, in closed form: Gaussian process and neural tangent.

At infinite width a network drawn at random is a Gaussian process (its NNGP kernel Σ), and training
it by gradient descent is kernel regression (with the neural tangent kernel Θ; Jacot, Gabriel,
Hongler 2018). All networks here are in the NTK parametrization: standard normal weights, scaled by
σ_w/√(fan-in), and biases, scaled by σ_b.
"""

from symtheory.ntk.attention import AttentionKernel
from symtheory.ntk.cnn import CNNKernel
from symtheory.ntk.group_cnn import GroupCNNKernel
from symtheory.ntk.mlp import MLPKernel
from symtheory.ntk.relu import arc_cosine

__all__ = ["AttentionKernel", "CNNKernel", "GroupCNNKernel", "MLPKernel", "arc_cosine"]
