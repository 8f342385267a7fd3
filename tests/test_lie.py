"""Lie algebras, against dimensions, ranks and forms that are known."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symtheory.groups import subgroup, symmetric_group
from symtheory.lie import (
    MatrixRepresentation,
    albert_determinant,
    algebra_rank,
    closure_defect,
    equivariant_maps,
    ideals,
    invariance_constraints,
    killing_form,
    null_space,
    octonion_form,
    orthogonal_algebra,
    structure_constants,
    unitary_algebra,
)


def in_blocks(*algebras):
    """The direct sum: block matrices, one of whose blocks is not zero."""
    sizes = [algebra.shape[1] for algebra in algebras]
    ends = np.cumsum(sizes)
    kind = np.result_type(*algebras)
    found = []
    for algebra, end, size in zip(algebras, ends, sizes, strict=True):
        block = np.zeros((len(algebra), ends[-1], ends[-1]), kind)
        block[:, end - size : end, end - size : end] = algebra
        found.append(block)
    return np.concatenate(found)


def mixed(generators, seed):
    """The same algebra, in another basis and in other coordinates."""
    rng = np.random.default_rng(seed)
    n = generators.shape[1]
    T = np.linalg.qr(rng.normal(size=(n, n)))[0] @ np.diag(rng.uniform(0.5, 2, n))
    d = len(generators)
    # Not far from orthonormal: a bad condition is no property of an algebra.
    change = np.linalg.qr(rng.normal(size=(d, d)))[0] * rng.uniform(0.5, 2, d)
    return np.einsum("ab,bij->aij", change, T @ generators @ np.linalg.inv(T))


def samples_of(function, n, number, seed=0):
    """Points, and the gradients of a function at them."""
    points = np.random.default_rng(seed).normal(size=(number, n))
    return points, np.asarray(jax.vmap(jax.grad(function))(points))


SU2, SU3 = (unitary_algebra(n, special=True) for n in (2, 3))
# Generators; dimension, rank, dimensions of the ideals, and how many squares of the Killing form
# are positive and negative.
KNOWN = {
    "so(2)": (orthogonal_algebra(2), 1, 1, [1], (0, 0)),
    "so(3)": (orthogonal_algebra(3), 3, 1, [3], (0, 3)),
    "so(4)": (orthogonal_algebra(4), 6, 2, [3, 3], (0, 6)),
    "so(5)": (orthogonal_algebra(5), 10, 2, [10], (0, 10)),
    "Lorentz": (orthogonal_algebra(1, 3), 6, 2, [6], (3, 3)),
    "so(2, 2)": (orthogonal_algebra(2, 2), 6, 2, [3, 3], (4, 2)),
    "u(1)": (unitary_algebra(1), 1, 1, [1], (0, 0)),
    "u(3)": (unitary_algebra(3), 9, 3, [1, 8], (0, 8)),
    "su(3)": (SU3, 8, 2, [8], (0, 8)),
    "standard model": (in_blocks(SU3, SU2, unitary_algebra(1)), 12, 4, [1, 3, 8], (0, 11)),
    "torus": (in_blocks(unitary_algebra(1), unitary_algebra(1)), 2, 2, [2], (0, 0)),
    "two centers": (in_blocks(unitary_algebra(2), unitary_algebra(2)), 8, 4, [2, 3, 3], (0, 6)),
}


@pytest.mark.parametrize("name", KNOWN)
@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1))
def test_an_algebra_is_known_in_any_basis(name, seed):
    generators, dimension, rank, parts, signs = KNOWN[name]
    generators = mixed(generators, seed)
    assert len(generators) == dimension
    assert closure_defect(generators) < 1e-12
    f = structure_constants(generators)
    assert algebra_rank(f) == rank
    values = np.linalg.eigvalsh(killing_form(f))
    assert ((values > 1e-6).sum(), (values < -1e-6).sum()) == signs
    found = ideals(f)
    assert [len(ideal) for ideal in found] == parts
    for ideal in found:
        bracket = np.einsum("ia,abc->ibc", ideal, f).reshape(-1, dimension)
        assert np.abs(bracket - bracket @ ideal.T @ ideal).max() < 1e-6
    together = np.concatenate(found)
    assert np.linalg.matrix_rank(together, tol=1e-6) == dimension


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1))
def test_structure_constants_give_the_brackets(seed):
    X = mixed(SU3, seed)
    f = structure_constants(X)
    brackets = np.einsum("aij,bjk->abik", X, X)
    brackets -= brackets.swapaxes(0, 1)
    np.testing.assert_allclose(np.einsum("abc,cij->abij", f, X), brackets, atol=1e-10)
    jacobi = np.einsum("abe,ecd->abcd", f, f)
    assert np.abs(jacobi + jacobi.transpose(1, 2, 0, 3) + jacobi.transpose(2, 0, 1, 3)).max() < 1e-9


def test_killing_forms_of_the_classical_algebras():
    """Of so(n) it is (n − 2) tr XY, of su(n) 2n tr XY."""
    for X, factor in ((orthogonal_algebra(5), 3), (orthogonal_algebra(3, 1), 2), (SU3, 6)):
        trace = np.einsum("aij,bji->ab", X, X).real
        np.testing.assert_allclose(killing_form(structure_constants(X)), factor * trace, atol=1e-9)


def test_what_is_no_algebra():
    some = orthogonal_algebra(3)[:2]
    assert closure_defect(some) == pytest.approx(1)
    assert closure_defect(1e-3 * some) == pytest.approx(1)
    with pytest.raises(ValueError, match=r"Expected generators whose brackets stay.*Got a defect"):
        structure_constants(some)
    with pytest.raises(ValueError, match=r"Expected linearly independent.*Got 3, of which 2"):
        structure_constants(np.concatenate([some, some[:1] + some[1:]]))


def test_an_algebra_that_is_not_reductive_has_no_such_ideals():
    shear = np.zeros((3, 3, 3))
    shear[0, 0, 1] = shear[1, 1, 2] = shear[2, 0, 2] = 1  # Heisenberg's
    assert closure_defect(shear) < 1e-12
    with pytest.raises(ValueError, match=r"Expected a reductive algebra.*dimension 1, of 3"):
        ideals(structure_constants(shear))


def test_octonions():
    form = octonion_form()
    np.testing.assert_array_equal(form, -form.swapaxes(0, 1))
    np.testing.assert_array_equal(form, form.transpose(1, 2, 0))
    # e_i (e_i e_j) = -e_j: alternative, and of norm 1.
    np.testing.assert_array_equal(np.einsum("ijk,ljk->il", form, form), 6 * np.eye(7))


def test_the_determinant_is_that_of_real_and_complex_matrices():
    """Of octonions that lie in one complex plane."""
    rng = np.random.default_rng(0)
    for unit in range(8):
        numbers = rng.normal(size=(3, 2)) * [1, unit > 0]
        u, v, w = numbers @ [1, 1j]
        a, b, c = rng.normal(size=3)
        matrix = np.array([[a, w, v.conj()], [w.conj(), b, u], [v, u.conj(), c]])
        x = np.zeros(27)
        x[:3] = a, b, c
        octonions = x[3:].reshape(3, 8)  # a view
        octonions[:, 0] = np.sqrt(2) * numbers[:, 0]
        octonions[:, unit] += np.sqrt(2) * numbers[:, 1]
        assert albert_determinant(x) == pytest.approx(np.linalg.det(matrix).real)
        assert np.trace(matrix @ matrix).real == pytest.approx(x @ x)


def form_constraints():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(150, 3, 7))
    others = x[:, [1, 2, 0]], x[:, [2, 0, 1]]
    return invariance_constraints(x, np.einsum("ijk,mvj,mvk->mvi", octonion_form(), *others))


def test_g2_leaves_the_octonion_form_alone():
    g2 = null_space(form_constraints())
    assert g2.shape == (14, 7, 7)
    assert np.abs(g2 + g2.swapaxes(1, 2)).max() < 1e-9  # and so lengths as well
    f = structure_constants(g2)
    # On 7 dimensions tr XY is a quarter of the Killing form of G2.
    np.testing.assert_allclose(killing_form(f), -4 * np.eye(14), atol=1e-9)
    assert algebra_rank(f) == 2
    assert [len(ideal) for ideal in ideals(f)] == [14]


@pytest.mark.slow
def test_e6_and_f4_leave_the_determinant_alone():
    points, gradients = samples_of(albert_determinant, 27, 760)
    e6 = invariance_constraints(points, gradients)
    f4 = np.concatenate([e6, invariance_constraints(points, points)])
    for constraints, dimension, rank, positive in ((e6, 78, 6, 26), (f4, 52, 4, 0)):
        generators = null_space(constraints)
        f = structure_constants(generators)
        values = np.linalg.eigvalsh(killing_form(f))
        assert len(generators) == dimension and algebra_rank(f) == rank
        assert (values > 1e-6).sum() == positive
        assert (values < -1e-6).sum() == dimension - positive


def test_symmetries_of_a_complex_length():
    z = np.random.default_rng(0).normal(size=(30, 3, 2)) @ [1, 1j]
    gradients = np.asarray(jax.vmap(jax.grad(lambda z: (abs(z) ** 2).sum()))(z))
    found = null_space(invariance_constraints(z, gradients))
    assert found.shape == (9, 3, 3)
    assert np.abs(found + found.conj().swapaxes(1, 2)).max() < 1e-9
    np.testing.assert_allclose(
        np.einsum("aij,bij->ab", found, found.conj()).real, np.eye(9), atol=1e-9
    )


def both_dimensions(vectors):
    """Of maps from vectors to vectors, and from matrices to matrices."""
    matrices = vectors.tensor(vectors.dual())
    return tuple(len(equivariant_maps(rho, rho)) for rho in (vectors, matrices))


MIRROR = np.diag([1.0, 1, -1])
S5 = symmetric_group(5)
PERMUTATIONS = np.eye(5)[S5.permutations].swapaxes(1, 2)
GENERATORS = [  # an exchange of two, and a cycle of five
    next(g for g, p in enumerate(S5.permutations) if tuple(p) == images)
    for images in ((1, 0, 2, 3, 4), (1, 2, 3, 4, 0))
]
SHIFT = np.roll(np.eye(4), 1, axis=0)


@pytest.mark.parametrize(
    "elements, algebra, dimensions",
    [
        ((), orthogonal_algebra(3), (1, 3)),
        ([MIRROR], orthogonal_algebra(3), (1, 3)),
        ((), orthogonal_algebra(4), (1, 4)),  # the dual of a 2-form is another one
        ([np.diag([1.0, 1, 1, -1])], orthogonal_algebra(4), (1, 3)),
        ((), orthogonal_algebra(1, 3), (1, 4)),
        ([SHIFT], (), (4, 64)),
        (PERMUTATIONS[GENERATORS], (), (2, 15)),
    ],
    ids=["SO(3)", "O(3)", "SO(4)", "O(4)", "Lorentz", "C4", "S5"],
)
def test_dimensions_of_equivariant_maps(elements, algebra, dimensions):
    """The last two are means of |tr ρ(g)|² over the group: of S5, the Bell numbers 2 and 15."""
    assert both_dimensions(MatrixRepresentation(elements, algebra)) == dimensions


def test_characters_of_s5_say_the_same():
    assert subgroup(S5, GENERATORS).source.order == 120
    traces = np.trace(PERMUTATIONS, axis1=1, axis2=2)
    assert [np.mean(traces**2), np.mean(traces**4)] == [2, 15]


@settings(max_examples=5)
@given(seed=st.integers(0, 2**32 - 1))
def test_equivariant_maps_commute_with_the_whole_group(seed):
    rng = np.random.default_rng(seed)
    vectors = MatrixRepresentation([MIRROR], orthogonal_algebra(3))
    maps = equivariant_maps(vectors.tensor(vectors), vectors.tensor(vectors))
    R = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    both = np.kron(R, R)
    assert np.abs(maps @ both - both @ maps).max() < 1e-9


def test_representations_of_different_groups_are_refused():
    some, other = (MatrixRepresentation(algebra=orthogonal_algebra(n)) for n in (3, 4))
    for act in (equivariant_maps, MatrixRepresentation.tensor):
        with pytest.raises(
            ValueError, match=r"Expected two representations.*\(0, 3\) and \(0, 6\)"
        ):
            act(some, other)
    with pytest.raises(ValueError, match=r"Expected elements that have an inverse"):
        MatrixRepresentation(elements=[np.zeros((2, 2))])


@given(seed=st.integers(0, 2**32 - 1))
def test_nothing_depends_on_the_basis_or_the_scale_of_its_generators(seed):
    """so(4) + so(3) + so(2) has three ideals of dimension 3, and a center."""
    rng = np.random.default_rng(seed)
    generators = in_blocks(*map(orthogonal_algebra, (4, 3, 2)))
    turned = np.linalg.qr(rng.normal(size=(10, 10)))[0]
    scaled = 10 ** rng.uniform(-4, 4, size=10)[:, None, None] * generators
    for basis in (np.einsum("ab,bij->aij", turned, generators), scaled):
        assert closure_defect(basis) < 1e-12
        constants = structure_constants(basis)
        assert [len(ideal) for ideal in ideals(constants)] == [1, 3, 3, 3]
        assert algebra_rank(constants) == 4
        for ideal in ideals(constants):  # of commuting ideals, brackets stay within
            brackets = np.einsum("ia,jb,abc->ijc", ideal, ideal, constants).reshape(-1, 10)
            sizes = np.abs(brackets).max(initial=1e-300)
            outside = brackets - brackets @ ideal.T @ ideal
            assert np.abs(outside).max() < 1e-6 * sizes or sizes < 1e-6


@pytest.mark.parametrize("scale", [1e-2, 1e-3, 3e-7, 1e5])
def test_a_small_rotation_is_one_like_others(scale):
    generators = orthogonal_algebra(3) * np.array([1, scale, scale])[:, None, None]
    constants = structure_constants(generators)
    assert (np.linalg.eigvalsh(killing_form(constants)) < 0).all()
    assert [len(ideal) for ideal in ideals(constants)] == [3] and algebra_rank(constants) == 1
    both = structure_constants(in_blocks(orthogonal_algebra(3), scale * orthogonal_algebra(3)))
    assert [len(ideal) for ideal in ideals(both)] == [3, 3] and algebra_rank(both) == 2
