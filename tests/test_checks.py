"""What the package takes for an array, a number and a count, and what it refuses."""

from fractions import Fraction

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from symtheory._checks import (
    as_complex_array,
    as_complex_values,
    as_integer,
    as_number,
    as_real_array,
    as_real_values,
    inverse_factor,
    poison,
)
from symtheory._checks.systems import _LARGE

CONVERTERS = (as_real_array, as_real_values)
COUNTS = ["bool", "int8", "uint8", "int16", "uint32", "int64", "uint64"]
HALVES = ["float16", ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.float8_e5m2]


@pytest.mark.parametrize("convert", CONVERTERS)
@pytest.mark.parametrize("dtype", [*COUNTS, "float32", "float64", "longdouble"])
def test_numbers_of_every_real_type_keep_their_values(convert, dtype):
    values = np.array([[0, 1], [1, 1]], dtype)
    found = convert(values, "table")
    kept = convert is as_real_array and dtype == "float32"
    assert found.dtype == (np.float32 if kept else np.float64)
    np.testing.assert_array_equal(found, values.astype(float))


@pytest.mark.parametrize("convert", CONVERTERS)
@pytest.mark.parametrize("dtype", [">f4", ">f8", ">i4", "<f8"])
def test_the_order_of_bytes_in_a_file_does_not_matter(convert, dtype):
    values = np.array([[0, 1], [-1, 0.5]]).astype(dtype)
    found = convert(values, "table")
    np.testing.assert_array_equal(found, values)
    assert np.asarray(found).dtype.isnative


@pytest.mark.parametrize("convert", CONVERTERS)
def test_lists_and_scalars_are_arrays(convert):
    np.testing.assert_array_equal(convert([[1, 2.5], [True, 0]], "table"), [[1, 2.5], [1, 0]])
    np.testing.assert_array_equal(convert([jnp.ones(2), np.zeros(2)], "table"), [[1, 1], [0, 0]])
    assert convert(3, "table").shape == () and convert([], "table").shape == (0,)


@pytest.mark.usefixtures("without_x64")
def test_without_x64_the_default_float_is_single_on_the_side_of_jax_only():
    assert as_real_array([1, 2], "table").dtype == np.float32
    values = as_real_values([1, 2**24 + 1], "table")
    assert values.dtype == np.float64 and values[1] == 2**24 + 1


@pytest.mark.parametrize("convert", CONVERTERS)
@pytest.mark.parametrize("make", [np.array, jnp.asarray])
@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_half_precision_is_refused(convert, make, dtype):
    with pytest.raises(
        ValueError, match=r"real numbers in the table.*Got .*float.*few digits.*Try"
    ):
        convert(make([1, 2], dtype=dtype), "table")


@pytest.mark.parametrize("convert", CONVERTERS)
@pytest.mark.parametrize(
    "array,got",
    [
        (np.ones(2, complex), "complex128"),
        (["1.0", "2.0"], "<U3"),
        (b"12", "S2"),
        ([[1.0], [1.0, 2.0]], "different lengths"),
        ([1.0, None], "other objects"),
        (None, "other objects"),
        (10**30, "other objects"),
        pytest.param(object(), "other objects", id="object-other objects"),
        (np.array(["2026-11-28"], "datetime64[D]"), "datetime64"),
        (np.array([1], "timedelta64[s]"), "timedelta64"),
        (np.zeros(2, [("x", float)]), "x"),
        (jax.random.key(0), "key"),
        (np.ma.masked_array([1.0, 2.0], [False, True]), "masked array"),
        ([1.0, np.nan], "NaN or infinity"),
        (np.float32(np.inf), "NaN or infinity"),
    ],
    ids=str,
)
def test_what_is_no_array_of_finite_real_numbers_is_refused(convert, array, got):
    with pytest.raises(ValueError, match=f"^Expected .* the table.*Got .*{got}.* Try .*"):
        convert(array, "table")


@pytest.mark.parametrize("convert", [as_complex_array, as_complex_values])
def test_masked_complex_numbers_are_refused(convert):
    np.testing.assert_array_equal(convert(np.ma.masked_array([1j, 2.0], False), "f"), [1j, 2])
    with pytest.raises(ValueError, match=r"Expected numbers in all of the f\. Got a masked array"):
        convert(np.ma.masked_array([1j, 2.0], [False, True]), "f")


@pytest.mark.usefixtures("without_x64")
def test_what_overflows_in_single_precision_is_refused():
    with pytest.raises(ValueError, match="finite"):
        as_real_array(np.array([1e300]), "table")


def test_traced_arrays_are_checked_by_type_and_poisoned_by_value():
    checked = jax.jit(lambda x: as_real_array(x, "table"))
    np.testing.assert_array_equal(checked(jnp.array([1.0, jnp.inf, jnp.nan])), [1, np.nan, np.nan])
    assert jax.jit(lambda x: as_real_array([x, 1.0], "table"))(2).dtype == np.float64
    with pytest.raises(ValueError, match="few digits"):
        checked(jnp.ones(2, jnp.float16))
    for argument in (lambda x: x, lambda x: [x, x]):
        with pytest.raises(ValueError, match="Got an abstract array"):
            jax.jit(lambda x, a=argument: as_real_values(a(x), "table"))(1.0)


def test_poison_spreads_over_trailing_axes_and_into_gradients():
    ok = np.array([True, False])
    found = poison(jnp.ones((2, 3)), ok)
    np.testing.assert_array_equal(found, [[1, 1, 1], [np.nan] * 3])
    slopes = jax.vmap(jax.grad(lambda x, fine: poison(2 * x, fine)))(jnp.ones(2), ok)
    np.testing.assert_array_equal(slopes, [2, np.nan])


@given(st.integers(-5, 5), st.sampled_from([int, np.int8, np.uint8, np.int64, jnp.int32]))
def test_integers_of_every_library_become_those_of_python(value, kind):
    if kind is np.uint8:
        value = abs(value)
    for given_value in (kind(value), np.asarray(kind(value))):
        found = as_integer(given_value, "order", minimum=-5, maximum=5)
        assert type(found) is int and found == value
        with pytest.raises(ValueError, match=rf"integer ≥ {value + 1} as order. Got {value}. Try"):
            as_integer(given_value, "order", minimum=value + 1)
        with pytest.raises(ValueError, match=rf"integer ≤ {value - 1} as order. Got {value}. Try"):
            as_integer(given_value, "order", maximum=value - 1)


@pytest.mark.parametrize(
    "value",
    [True, np.True_, jnp.array(True), 2.0, np.float64(2), "2", None, [2], np.array([2]), 2j],
)
def test_what_is_no_integer_is_refused(value):
    with pytest.raises(ValueError, match="^Expected an integer ≥ 1 as order. Got .* Try 1."):
        as_integer(value, "order", minimum=1)


def test_a_traced_integer_is_refused():
    with pytest.raises(ValueError, match="Got an abstract value.*static_argnums"):
        jax.jit(lambda n: as_integer(n, "order"))(3)


@pytest.mark.parametrize(
    "value",
    [
        2,
        2.0,
        np.int8(2),
        np.float32(2),
        np.longdouble(2),
        jnp.asarray(2),
        np.array(2.0),
        Fraction(2),
    ],
    ids=repr,
)
def test_numbers_of_every_library_become_floats_of_python(value):
    found = as_number(value, "weight_std", minimum=2, maximum=2, above=1)
    assert type(found) is float and found == 2.0


@pytest.mark.parametrize(
    "value",
    [True, np.True_, jnp.array(True), "1", None, [1.0], np.ones(1), 1j, np.inf, np.nan, 10**400],
    ids=lambda value: str(value)[:9],
)
def test_what_is_no_finite_real_number_is_refused(value):
    with pytest.raises(
        ValueError, match="^Expected a finite number > 0 as weight_std. Got .*Try 1."
    ):
        as_number(value, "weight_std", above=0)


@pytest.mark.parametrize("bounds", [{"minimum": 2.5}, {"above": 2.0}, {"maximum": 1.5}], ids=str)
def test_numbers_out_of_bounds_are_refused_and_become_nan_where_traced(bounds):
    with pytest.raises(
        ValueError, match=r"Expected a finite number . \S+ as length. Got 2.0. Try"
    ) as error:
        as_number(2.0, "length", **bounds)
    suggested = float(str(error.value).rsplit("Try ", 1)[1].rstrip("."))
    assert as_number(suggested, "length", **bounds) == suggested
    traced = jax.vmap(lambda x: as_number(x, "length", **bounds))
    np.testing.assert_array_equal(traced(jnp.array([2.0, suggested])), [np.nan, suggested])
    assert jax.grad(lambda x: as_number(x, "length", **bounds))(suggested) == 1
    with pytest.raises(ValueError, match="Expected real numbers in the length"):
        jax.jit(lambda x: as_number(x, "length", **bounds))(jnp.float16(2))


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_half_precision_settings_are_refused(dtype):
    with pytest.raises(ValueError, match="few digits"):
        as_number(np.array(1, dtype), "weight_std")


def positive(dtype, n):
    """A stack of three positive definite matrices."""
    real, imaginary = np.random.default_rng(n).normal(size=(2, 3, n, n + 5))
    half = (real + 1j * imaginary if np.issubdtype(dtype, np.complexfloating) else real) / n**0.5
    return (half @ half.conj().swapaxes(-1, -2) + np.eye(n)).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex128"])
@pytest.mark.parametrize("n", [_LARGE - 1, _LARGE, _LARGE + 30])
def test_a_factor_is_the_same_of_small_and_large_matrices_and_of_traced_ones(dtype, n):
    """Large ones go to LAPACK, others to XLA; either inverts a Cholesky factor of NumPy."""
    stack = positive(dtype, n)
    tolerance = {"atol": 1e3 * float(np.finfo(dtype).eps)}
    found = inverse_factor(jnp.asarray(stack))
    assert isinstance(found, jax.Array) and found.dtype == dtype
    np.testing.assert_allclose(found, jax.jit(inverse_factor)(stack), **tolerance)
    np.testing.assert_allclose(found @ np.linalg.cholesky(stack), [np.eye(n)] * 3, **tolerance)


@pytest.mark.parametrize("n", [_LARGE - 1, _LARGE])
@pytest.mark.parametrize("shift", [0.0, -1.0])
def test_one_singular_or_indefinite_matrix_of_a_stack_is_refused(n, shift):
    stack = positive("float64", n)
    vector = np.ones((n, 1))
    stack[1] = vector @ vector.T + shift * np.eye(n)
    with pytest.raises(ValueError, match="positive definite Gram matrix"):
        inverse_factor(jnp.asarray(stack))
