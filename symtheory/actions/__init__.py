"""Groups acting on arrays, and the orbits they sweep out.

An action is a map from an item to its |G| transforms. Some are exact: applying g and then h is the
same as applying hg, to rounding. A rotation by an angle that is not a quarter turn has to
interpolate between pixels and is not; such an action says so in its ``exact`` attribute, and
`symtheory.spectral.symmetry_defect` measures by how much it misses.
"""

from symtheory.actions.base import Action, orbit
from symtheory.actions.combined import product_action, restrict
from symtheory.actions.exact import permutation_action, translation_action
from symtheory.actions.linear import linear_action, planar_rotation_action
from symtheory.actions.rotations import dihedral_action, rotation_action
from symtheory.actions.stabilizers import stabilizers

__all__ = [
    "Action",
    "dihedral_action",
    "linear_action",
    "orbit",
    "permutation_action",
    "planar_rotation_action",
    "product_action",
    "restrict",
    "rotation_action",
    "stabilizers",
    "translation_action",
]
