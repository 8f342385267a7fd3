"""Groups, their representations and Fourier transforms."""

import numpy as np

from bad_calls.inputs import Right, choice, elements, fixed, given, integer, thing
from bad_calls.outcomes import call
from symtheory import fourier, groups, representations
from symtheory.groups import FiniteGroup

C3, S3 = groups.cyclic_group(3), groups.symmetric_group(3)
HALF = groups.subgroup(groups.cyclic_group(6), [2])
FUNCTION = np.array([0.5, -1.0, 2.0])
NORMAL, ACTING = groups.cyclic_group(3), groups.cyclic_group(2)

EXAMPLES = {
    "groups.FiniteGroup: from_table": call(
        FiniteGroup.from_table,
        name=given("Z/3"),
        table=elements(C3.table, 3).but(Right.REFUSED, "one fewer", "one more", "twice", "none"),
    ),
    "groups.FiniteGroup: multiply": call(
        lambda g: S3.multiply(g, np.array([1, 2])), g=elements([1, 2], 6)
    ),
    "groups.FiniteGroup: invert": call(lambda g: S3.invert(g), g=elements([1, 2], 6)),
    "groups.FiniteGroup: label": call(lambda g: (S3.label(g),), g=integer(1, minimum=0)),
    "groups.Homomorphism: call": call(
        lambda elements: HALF(elements), elements=elements([1, 2], 3)
    ),
    "groups.alternating_group": call(groups.alternating_group, n=integer(4)),
    "groups.conjugacy_classes": call(groups.conjugacy_classes, group=thing(S3)),
    "groups.cosets": call(groups.cosets, inclusion=thing(HALF)),
    "groups.cyclic_group": call(groups.cyclic_group, n=integer(4)),
    "groups.dihedral_group": call(groups.dihedral_group, n=integer(4)),
    "groups.direct_product": call(groups.direct_product, left=thing(C3), right=thing(S3)),
    "groups.homomorphism": call(
        groups.homomorphism,
        source=thing(C3, S3),
        target=thing(C3, ACTING),
        images=elements([0, 2, 1], 3).but(Right.REFUSED, "none", "one fewer", "one more", "twice"),
    ),
    "groups.permutation_group": call(
        groups.permutation_group,
        generators=elements([[1, 2, 0], [1, 0, 2]], 3),
    ),
    "groups.point_group": call(groups.point_group, name=choice("D3")),
    "groups.quaternion_group": call(groups.quaternion_group),
    "groups.semidirect_product": call(
        groups.semidirect_product,
        normal=thing(NORMAL, S3),
        acting=thing(ACTING, C3),
        automorphisms=elements([[0, 1, 2], [0, 2, 1]], 3).but(
            Right.REFUSED, "none", "one fewer", "one more", "twice"
        ),
    ),
    "groups.subgroup": call(groups.subgroup, group=thing(S3), generators=elements([1], 6)),
    "groups.symmetric_group": call(groups.symmetric_group, n=integer(3)),
    "representations.Irrep": call(lambda group: representations.irreps(group)[-1], group=thing(S3)),
    "representations.character_table": call(representations.character_table, group=thing(S3)),
    "representations.class_sizes": call(representations.class_sizes, group=thing(S3)),
    "representations.frobenius_schur_indicator": call(
        representations.frobenius_schur_indicator,
        irrep=thing(representations.irreps(S3)[-1]),
        group=thing(S3, C3),
    ),
    "representations.irreps": call(representations.irreps, group=thing(S3)),
    "representations.multiplicities": call(
        representations.multiplicities,
        representation=fixed(np.array([3.0, 0.0, 0.0])).but(Right.SAME, "complex"),
        group=thing(C3, S3),
    ),
    "representations.regular_representation": call(
        representations.regular_representation, group=thing(S3)
    ),
    "fourier.convolve": call(
        fourier.convolve,
        f=fixed(FUNCTION).but(Right.SAME, "complex"),
        h=fixed(FUNCTION[::-1]).but(Right.SAME, "complex"),
        group=thing(C3, S3),
    ),
    "fourier.fourier_transform": call(
        fourier.fourier_transform,
        function=fixed(FUNCTION).but(Right.SAME, "complex"),
        group=thing(C3, S3),
    ),
    "fourier.inverse_fourier_transform": call(
        lambda matrix, group: fourier.inverse_fourier_transform(
            [matrix, *fourier.fourier_transform(FUNCTION, C3)[1:]], group
        ),
        matrix=fixed([[1.5]]).but(Right.SAME, "complex").but(Right.EITHER, "no rows"),
        group=thing(C3, S3),
    ),
    "groups.wreath_product": call(
        groups.wreath_product, group=thing(ACTING), permuting=thing(S3, C3)
    ),
}
