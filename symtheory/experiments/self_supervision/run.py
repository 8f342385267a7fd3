"""Does self-supervision repair a missing pose? Pairs of images, and labels of all but one pose.

Nine digits with several seeds each, in all rotations; one class has no label in its upright pose,
each class in turn. An embedding is learned from pairs, without labels, and a probe on it from the
labels there are. What the pairs know of the missing pose is what differs:

- ``paired``: all rotations of all seeds are paired, those of the missing pose too;
- ``unseen``: the missing pose is in no pair, the others of its class are;
- ``left-out``: the whole class is in no pair;
- ``identity``: each image, of the missing pose too, is paired with itself alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from scipy import linalg
from scipy.spatial.distance import cdist

from symtheory.datasets import Dataset
from symtheory.experiments.self_supervision.settings import SelfSupervision
from symtheory.experiments.shared.checks import require_float64
from symtheory.experiments.shared.draws import Unit, seeds_of_draw
from symtheory.experiments.shared.nine_digits import nine_digits, turned
from symtheory.experiments.shared.statistics import t_interval
from symtheory.kernels import Kernel
from symtheory.learning import spectral_embedding
from symtheory.ntk import MLPKernel
from symtheory.runs import Plan

__all__ = [
    "ARMS",
    "GROWING",
    "Images",
    "compute",
    "embed",
    "linear_probe",
    "measure",
    "nearest",
    "orbit_views",
    "plan",
    "summary",
    "supervised",
]

ARMS = ("paired", "unseen", "left-out", "identity")
# Those for which the other classes are given further orbits; `strangers` has the images of
# `left-out`, but pairs them at random.
GROWING = ("unseen", "left-out", "strangers")


class Images(NamedTuple):
    """All rotations of all seeds, one after the other.

    Attributes:
        gram: of shape (n, n).
        classes: 0, 1, …, of shape (n,), and likewise
        seeds: the number of the seed within its class, and
        poses: that of the rotation.
    """

    gram: np.ndarray
    classes: np.ndarray
    seeds: np.ndarray
    poses: np.ndarray

    @property
    def origins(self) -> np.ndarray:
        """The number of the orbit of each."""
        return self.classes * (self.seeds.max() + 1) + self.seeds

    @property
    def labels(self) -> np.ndarray:
        """+1 in the column of the class, -1 in the others."""
        return 2.0 * np.eye(self.classes.max() + 1)[self.classes] - 1

    @classmethod
    def of(cls, images: np.ndarray, order: int, kernel: Kernel) -> Images:
        """From raw images of shape (classes, seeds, height, width)."""
        points = turned(images, order)
        number = [np.ravel(i) for i in np.indices((*images.shape[:2], order))]
        return cls(np.asarray(kernel(points.reshape(-1, points.shape[-1]))), *number)


def orbit_views(origins: np.ndarray) -> np.ndarray:
    """Views of each seed that is there: all of its rotations that are there, equally often.

    Args:
        origins: the number of the orbit of each image, of shape (n,).

    Returns:
        Shape (n, orbits), as `spectral_embedding` takes it.
    """
    each = origins[:, None] == np.unique(origins)
    return each / each.sum(axis=0)


def embed(gram: np.ndarray, used: np.ndarray, views: np.ndarray, dimension: int) -> np.ndarray:
    """The embedding of all images, learned from pairs of some.

    Args:
        gram: of shape (n, n).
        used: which images are in the pairs, of shape (n,).
        views: of shape (number used, r).
        dimension: at most; r of them if there are no more.

    Returns:
        Shape (n, dimension).
    """
    found = spectral_embedding(gram[np.ix_(used, used)], views, min(dimension, views.shape[1]))
    return gram[:, used] @ found.coefficients


def linear_probe(
    embedding: np.ndarray, labels: np.ndarray, seen: np.ndarray, asked: np.ndarray
) -> np.ndarray:
    """What linear functions say that fit the labels of some images by least squares.

    Args:
        embedding: of shape (n, d).
        labels: of shape (n, columns).
        seen: whose labels are used, of shape (n,).
        asked: of which images, of shape (n,).

    Returns:
        Shape (number asked, columns).
    """
    # Functions that vanish on all images that are seen, but for rounding, get no weight. By QR: an
    # SVD need not converge.
    weights = linalg.lstsq(embedding[seen], labels[seen], cond=1e-8, lapack_driver="gelsy")[0]
    return np.asarray(embedding[asked] @ weights)


def nearest(embedding: np.ndarray, seen: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """The number among those seen of the nearest to each that is asked."""
    return cdist(embedding[asked], embedding[seen]).argmin(axis=1)


def supervised(
    images: Images, seen: np.ndarray, asked: np.ndarray, *, ridge: float = 1e-10
) -> np.ndarray:
    """Predictions of kernel regression, for comparison, of shape (number asked, columns)."""
    gram = images.gram[np.ix_(seen, seen)]
    system = gram + ridge * np.trace(gram) * np.eye(len(gram))
    weights = linalg.solve(system, images.labels[seen], assume_a="pos", check_finite=False)
    return np.asarray(images.gram[np.ix_(asked, seen)] @ weights)


def measure(
    images: np.ndarray,
    order: int,
    *,
    seeds: int,
    dimensions: Sequence[int],
    further: Sequence[int],
    kernel: Kernel | None = None,
    ridge: float = 1e-10,
    seed: Sequence[int] = (0,),
) -> dict[str, np.ndarray]:
    """Count the images of a missing pose that are recognized, for each class that lacks it.

    Args:
        images: raw, of shape (classes, seeds + the most further ones, height, width).
        order: the number of rotations N.
        seeds: how many of each class have labels.
        dimensions: of embeddings.
        further: numbers of further seeds of each complete class.
        kernel: `MLPKernel()` if not given.
        ridge: of the supervised prediction, as a fraction of the trace.
        seed: of which strangers are paired; each class and number of further seeds has its own.

    Returns:
        Of shape (arms, dimensions, classes): `linear` and `nearest`, by two probes. Of shape
        (growing arms, further, classes): `further_linear` and `further_nearest`, with as many
        coordinates as there are modes. Of shape (further, classes): `supervised`, with labels on
        the further orbits too.

    Raises:
        ValueError: without 64-bit floats.
    """
    require_float64()
    every = Images.of(np.asarray(images), order, kernel or MLPKernel())
    shape = (len(images),)
    counts = {
        name: np.zeros((*size, *shape), dtype=np.int16)
        for name, size in _sizes(dimensions, further).items()
    }
    labeled = every.seeds < seeds
    among = Images(every.gram[np.ix_(labeled, labeled)], *(x[labeled] for x in every[1:]))
    whole = np.ones(len(among.gram), dtype=bool)
    most = max(dimensions)
    fixed = {
        "paired": embed(among.gram, whole, orbit_views(among.origins), most),
        "identity": embed(among.gram, whole, np.eye(len(whole)), most),
    }
    for c in range(len(images)):
        own = among.classes == c
        asked = own & (among.poses == 0)
        for a, arm in enumerate(ARMS):
            found = fixed.get(arm)
            if found is None:
                used = ~asked if arm == "unseen" else ~own
                found = embed(among.gram, used, orbit_views(among.origins[used]), most)
            for d, dimension in enumerate(dimensions):
                right = _right(found[:, :dimension], among, ~asked, asked)
                counts["linear"][a, d, c], counts["nearest"][a, d, c] = right
        asked = labeled & (every.classes == c) & (every.poses == 0)
        for f, more in enumerate(further):
            complete = (every.classes != c) & (every.seeds < seeds + more)
            seen = complete | (labeled & (every.classes == c) & ~asked)
            said = supervised(every, seen, asked, ridge=ridge)
            counts["supervised"][f, c] = (said.argmax(axis=1) == c).sum()
            for a, arm in enumerate(GROWING):
                used = seen if arm == "unseen" else complete
                origins = every.origins[used]
                if arm == "strangers":
                    origins = np.random.default_rng((*seed, c, more)).permutation(origins)
                views = orbit_views(origins)
                found = embed(every.gram, used, views, views.shape[1])
                right = _right(found, every, labeled & ~asked, asked)
                counts["further_linear"][a, f, c], counts["further_nearest"][a, f, c] = right
    return counts


def _right(
    embedding: np.ndarray, images: Images, seen: np.ndarray, asked: np.ndarray
) -> tuple[int, int]:
    """How many are right by the linear probe, and by the nearest neighbor."""
    truth = images.classes[asked]
    said = linear_probe(embedding, images.labels, seen, asked).argmax(axis=1)
    near = images.classes[seen][nearest(embedding, seen, asked)]
    return int((said == truth).sum()), int((near == truth).sum())


def _sizes(dimensions: Sequence[int], further: Sequence[int]) -> dict[str, tuple[int, ...]]:
    embeddings, growing = (len(ARMS), len(dimensions)), (len(GROWING), len(further))
    return {
        "linear": embeddings,
        "nearest": embeddings,
        "further_linear": growing,
        "further_nearest": growing,
        "supervised": (len(further),),
    }


def plan(dataset: Dataset, settings: SelfSupervision) -> Plan:
    """What is computed: all of `measure` for each draw of seeds, at each number of rotations.

    Args:
        dataset: images of ten digits, of which the nines are left out.
        settings: of this experiment.

    Returns:
        Arrays as `measure` returns them, with axes for orders and draws before the others. As
        constants `orders`, `dimensions`, `further` and `arms`, and `seeds`, the numbers of the
        images among those that show no 9, of shape (draws, classes, seeds).

    Raises:
        ValueError: as `draw_seeds`.
    """
    digits = nine_digits(dataset)
    each = settings.seeds + max(settings.further)
    drawn = np.stack(
        [seeds_of_draw(digits, settings, draw, n_seeds=each) for draw in range(settings.draws)]
    )
    classes = drawn.shape[1]
    orders, sizes = settings.orders, _sizes(settings.dimensions, settings.further)
    return Plan(
        arrays={
            name: np.zeros((len(orders), settings.draws, *size, classes), dtype=np.int16)
            for name, size in sizes.items()
        },
        units=[Unit(slice(None), draw) for draw in range(settings.draws)],
        costs=[1.0] * settings.draws,
        constants={
            "orders": np.array(orders),
            "dimensions": np.array(settings.dimensions),
            "further": np.array(settings.further),
            "arms": np.array(ARMS),
            "seeds": drawn.astype(np.int32),
        },
        workers=1,
    )


def compute(dataset: Dataset, settings: SelfSupervision, unit: Unit) -> Mapping[str, np.ndarray]:
    """One draw, at all numbers of rotations."""
    digits = nine_digits(dataset)
    each = settings.seeds + max(settings.further)
    images = digits.images[seeds_of_draw(digits, settings, unit.draw, n_seeds=each)]
    results = [
        measure(
            images,
            order,
            seeds=settings.seeds,
            dimensions=settings.dimensions,
            further=settings.further,
            kernel=MLPKernel(depth=settings.depth),
            ridge=settings.ridge,
            seed=(settings.seed, unit.draw, order),
        )
        for order in settings.orders
    ]
    return {name: np.stack([result[name] for result in results]) for name in results[0]}


def summary(data: Mapping[str, np.ndarray], seeds: int) -> dict[str, np.ndarray]:
    """The fraction that is recognized, and how sure it is.

    Args:
        data: of a run, and
        seeds: its setting.

    Returns:
        By the names of `measure`, means over draws and classes, without these axes, and under
        `…_half` half of their 95 % intervals over draws, by Student's t.
    """
    result = {}
    for name in _sizes((), ()):
        rate = np.moveaxis(data[name].mean(axis=-1) / seeds, 1, -1)
        result[name], result[f"{name}_half"] = t_interval(rate)
    return result
