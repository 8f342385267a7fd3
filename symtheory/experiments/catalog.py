"""Every experiment that can be run by name: what it takes, at which scale, and how that differs.

Nothing heavy is imported here, so that a list of the experiments costs nothing. What an experiment
computes stands in the module of its name, `symtheory.experiments.rotated_digits` and so on, in two
functions: `plan` and `compute`.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

Value = int | float | str | tuple[int, ...] | tuple[str, ...]
Scale = Literal["live", "reduced", "paper"]
SCALES: tuple[Scale, ...] = ("live", "reduced", "paper")


@runtime_checkable
class Implementation(Protocol):
    """What the module of an experiment holds."""

    def plan(self, dataset: Any, parameters: Mapping[str, Any]) -> Any:
        """What is to be computed: a `checkpoints.Plan`. Raises ValueError for bad parameters."""

    def compute(self, dataset: Any, parameters: Mapping[str, Any], unit: Any) -> Mapping[str, Any]:
        """One unit of the plan, from these arguments alone: values for its part of each array."""


@dataclass(frozen=True)
class Parameter:
    """A setting of an experiment.

    Attributes:
        help: what it is, a sentence.
        live: its value for a run of seconds, as chapters do while the book is built;
        reduced: for one of minutes on a few cores;
        paper: the paper's own.
    """

    help: str
    live: Value
    reduced: Value
    paper: Value


@dataclass(frozen=True)
class Experiment:
    """An experiment, without its code.

    Attributes:
        name: of the command and of the record.
        figure: of the paper.
        summary: what it asks, in a line.
        details: what it does, in a paragraph.
        parameters: what it depends on, besides the data set.
        notes: how it differs from the paper's at any scale, a sentence each.
        beyond: the names of parameters that the paper's experiment does not have.
    """

    name: str
    figure: str
    summary: str
    details: str
    parameters: Mapping[str, Parameter]
    notes: tuple[str, ...] = ()
    beyond: tuple[str, ...] = ()

    @property
    def implementation(self) -> Implementation:
        """The module that computes it."""
        module: Any = importlib.import_module(
            f"symtheory.experiments.{self.name.replace('-', '_')}"
        )
        return module

    def at_scale(self, scale: Scale, **changes: Value) -> dict[str, Any]:
        """Its parameters at a scale, with some of them changed: JSON values.

        Raises:
            ValueError: for another scale, or a parameter that it does not have.
        """
        if scale not in SCALES:
            raise ValueError(f"Expected a scale among {', '.join(SCALES)}. Got {scale!r}.")
        unknown = changes.keys() - self.parameters.keys()
        if unknown:
            raise ValueError(
                f"Expected parameters of {self.name}: {', '.join(self.parameters)}. "
                f"Got {', '.join(sorted(unknown))}."
            )
        values = {key: getattr(item, scale) for key, item in self.parameters.items()} | changes
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in values.items()
        }

    def changes(self, parameters: Mapping[str, Any]) -> list[str]:
        """What is smaller or other than at the paper's scale, a phrase for each parameter."""
        return [
            f"{key.replace('_', ' ')} {_text(parameters[key])} "
            f"({'full scale' if key in self.beyond else 'the paper'}: {_text(value)})"
            for key, value in self.at_scale("paper").items()
            if key != "seed" and parameters[key] != value
        ]

    def differences(self, parameters: Mapping[str, Any]) -> list[str]:
        """What differs from the paper: the data, `changes`, and what always does."""
        split = {
            "mnist-test": "images of MNIST's test split (the paper: of the training split)",
            "digits": "scikit-learn's small digits (the paper: MNIST)",
        }
        data = split.get(str(parameters.get("dataset")))
        return [*([data] if data else []), *self.changes(parameters), *self.notes]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


ORDERS = (2, 4, 8, 16, 32, 64)
RIDGE = Parameter("Ridge, as a fraction of the trace of the Gram matrix.", 1e-10, 1e-10, 1e-10)
ONE_RIDGE = "One ridge, in double precision, for the exact error and the theory (the paper: two)."


def orders(live: tuple[int, ...] = (2, 4, 8), reduced: tuple[int, ...] = ORDERS) -> Parameter:
    """The numbers of rotations."""
    return Parameter("Numbers N of rotations, by multiples of 360°/N.", live, reduced, ORDERS)


def depth() -> Parameter:
    """The depth of a fully connected network."""
    return Parameter("Hidden layers of the infinitely wide network.", 1, 1, 1)


def seed(draws: str) -> Parameter:
    """The seed, the paper's at every scale."""
    return Parameter(draws, 124, 124, 124)


UNSEEN_POSE = Experiment(
    name="unseen-pose",
    figure="1",
    summary="Trained networks, and a digit that they have never seen upright.",
    details="Trains a fully connected network, a convolutional one and a vision transformer on "
    "images of ten classes in N rotations, one class without its unrotated pose, each class in "
    "turn. Measures after every epoch how many images they recognize: of training, of images held "
    "back, and of the missing pose; and at the end, as what they take it. At the paper's scale "
    "with 64 rotations the images alone take 12 GB, and all networks days of a GPU.",
    parameters={
        "networks": Parameter(
            "Networks, among mlp, cnn and vit.",
            ("mlp", "cnn"),
            ("mlp", "cnn", "vit"),
            ("mlp", "cnn", "vit"),
        ),
        "orders": orders(live=(2, 8), reduced=(2, 4, 8, 16)),
        "digits": Parameter(
            "Digits that lack the unrotated pose, in turn.",
            (7,),
            tuple(range(10)),
            tuple(range(10)),
        ),
        "vit_digits": Parameter(
            "Of these, digits for the vision transformer too.", (7,), (1, 5, 9), tuple(range(10))
        ),
        "images": Parameter(
            "Images of each class, at most; a tenth of them is held back.", 20, 64, 7000
        ),
        "batch": Parameter("Images in a training step, at most.", 16, 32, 2048),
        "epochs": Parameter("Times that training goes through all images.", 22, 22, 22),
        "vit_width": Parameter(
            "Width of the vision transformer's tokens and layers.", 128, 128, 256
        ),
        "vit_patch": Parameter("Side of the vision transformer's patches in pixels.", 7, 7, 4),
        "seed": seed("Draws images, networks and batches."),
    },
    notes=(
        "Rotations by cubic splines (the authors' script: nearest pixels).",
        "What is held back are images with all their poses (the authors' script: single poses, "
        "whose other poses are seen in training).",
        "The vision transformer learns its positions (the authors' script: fixed waves).",
    ),
)

ROTATED_DIGITS = Experiment(
    name="rotated-digits",
    figure="4",
    summary="The theory against kernel regression on rotated digits.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and compares the error of an infinitely wide network at the missing image with what "
    "the spectrum of its kernel predicts. Prints the medians over pairs; the file keeps every "
    "number.",
    parameters={
        "pairs": Parameter("Pairs of images of different classes.", 32, 128, 512),
        "orders": orders(),
        "depth": depth(),
        "ridge": RIDGE,
        "seed": seed("Draws the pairs."),
    },
    notes=(ONE_RIDGE,),
)

DEPTH = Experiment(
    name="depth",
    figure="4 and 5, deeper networks",
    summary="Deeper networks, and a rotation that is missing.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and compares the errors of infinitely wide fully connected networks of several "
    "depths at the missing image, on the same pairs, with what theory predicts.",
    parameters={
        "pairs": Parameter("Pairs of images of different classes.", 16, 512, 512),
        "orders": orders(),
        "depths": Parameter("Numbers of hidden layers.", (1, 5), (1, 2, 5, 10), (1, 2, 5, 10)),
        "ridge": RIDGE,
        "seed": seed("Draws the pairs."),
    },
    notes=(ONE_RIDGE,),
)

CONVOLUTION = Experiment(
    name="convolution",
    figure="4 and 5, convolutional networks",
    summary="Convolution, two readouts, and a rotation that is missing.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and compares the errors of infinitely wide convolutional networks at the missing "
    "image with what theory predicts: one convolution, with a dense readout and with global "
    "average pooling, filters of several sizes, images brought to zero mean and unit norm or to "
    "unit norm alone. The pooled kernel compares all pairs of places: a pair of digits takes about "
    "75 seconds of a core at 64 rotations, where the dense one takes less than one.",
    parameters={
        "pairs": Parameter("Pairs of images of different classes.", 8, 256, 512),
        "pooled_pairs": Parameter("Of these, pairs for the pooled readout too.", 2, 24, 512),
        "orders": orders(),
        "filters": Parameter("Sides of the filters in pixels.", (3,), (3, 5), (3, 5)),
        "preparations": Parameter(
            "What is done to rotated images: zero-mean (and unit norm) or unit-norm alone.",
            ("zero-mean",),
            ("zero-mean", "unit-norm"),
            ("zero-mean", "unit-norm"),
        ),
        "ridge": RIDGE,
        "seed": seed("Draws the pairs."),
    },
    notes=(ONE_RIDGE,),
)

SHIFTS = Experiment(
    name="shifts",
    figure="8",
    summary="Convolution, two readouts, and a shift that is missing.",
    details="Takes pairs of digits of different classes, each at N places around its row but one, "
    "and compares the errors of infinitely wide convolutional networks at the missing place with "
    "what theory predicts: one convolution, with a dense readout and with global average pooling, "
    "filters of several sizes, images brought to zero mean and unit norm or to unit norm alone.",
    parameters={
        "pairs": Parameter("Pairs of images of different classes.", 16, 512, 512),
        "orders": Parameter(
            "Numbers N of shifts around the row, by whole pixels: divisors of the width.",
            (2, 7, 28),
            (2, 4, 7, 14, 28),
            (2, 4, 7, 14, 28),
        ),
        "filters": Parameter("Sides of the filters in pixels.", (3,), (3, 5), (3, 5)),
        "preparations": Parameter(
            "What is done to images: zero-mean (and unit norm) or unit-norm alone.",
            ("zero-mean",),
            ("zero-mean", "unit-norm"),
            ("zero-mean", "unit-norm"),
        ),
        "ridge": RIDGE,
        "seed": seed("Draws the pairs."),
    },
    notes=(ONE_RIDGE,),
)

TRAINED_MLP = Experiment(
    name="trained-mlp",
    figure="4, trained networks",
    summary="The theory against trained networks on rotated digits.",
    details="Takes pairs of digits of different classes, each with its N rotations but one "
    "missing, and trains a network of one hidden layer on them with Adam, which it compares at the "
    "missing image with the theory, with regression with its own tangent kernel before and after "
    "training, and with plain gradient descent.",
    parameters={
        "pairs": Parameter("Pairs of images of different classes.", 4, 64, 512),
        "orders": orders(reduced=(2, 4, 8, 16, 32)),
        "width": Parameter("Units of the hidden layer.", 512, 512, 512),
        "epochs": Parameter(
            "Epochs of Adam, of one step each; plain gradient descent takes three times as many.",
            1000,
            2000,
            2000,
        ),
        "descent_pairs": Parameter(
            "Pairs that plain gradient descent is trained on too, the first ones.", 1, 8, 64
        ),
        "seed": seed("Draws the pairs and the networks."),
    },
    beyond=("descent_pairs",),
)

MANY_SEEDS = Experiment(
    name="many-seeds",
    figure="6",
    summary="Many seeds of each class, and a pose that one class lacks.",
    details="Takes two classes with several seeds each, in all rotations, and holds out the "
    "unrotated image of every seed of one class. Compares the error of an infinitely wide network "
    "there with the general theorem, and with the paper's average over pairs of seeds.",
    parameters={
        "draws": Parameter("Draws of two classes and of their seeds.", 4, 20, 50),
        "seeds": Parameter("Seeds of each class.", 4, 13, 13),
        "orders": orders(),
        "depth": depth(),
        "ridge": RIDGE,
        "seed": seed("Draws classes and seeds."),
    },
    notes=(ONE_RIDGE,),
)

MANY_CLASSES = Experiment(
    name="many-classes",
    figure="7",
    summary="All classes, one against the rest, and a pose that one class lacks.",
    details="Takes several seeds of each class in all rotations, and holds out the unrotated "
    "images of one class, each class in turn. Counts how many of them an infinitely wide network "
    "recognizes, and how many the general theorem and the paper's average over pairs of seeds say. "
    "At the paper's scale it takes about 2.1 GB of memory, most of it at 64 rotations.",
    parameters={
        "draws": Parameter("Draws of the seeds of all classes.", 1, 2, 5),
        "seeds": Parameter("Seeds of each class.", 4, 13, 13),
        "orders": orders(),
        "depth": depth(),
        "ridge": RIDGE,
        "seed": seed("Draws the seeds."),
    },
    notes=(ONE_RIDGE,),
)

WIDTH_SWEEP = Experiment(
    name="width-sweep",
    figure="4, trained networks, and beyond",
    summary="Networks of growing width against the infinitely wide one.",
    details="Takes pairs of digits of different classes, each with its N rotations, holds out one "
    "image, and trains networks of one hidden layer in the NTK parametrization by plain gradient "
    "descent. Compares them at the held-out image with the gradient flow of the infinitely wide "
    "network at the same time of training, and with kernel regression, for images of unit norm, as "
    "in the paper, and with pixels of order one.",
    parameters={
        "pairs": Parameter("Pairs of images of different classes.", 2, 16, 32),
        "orders": Parameter("Numbers N of rotations, by multiples of 360°/N.", (8,), (8,), (8,)),
        "norms": Parameter(
            "Norms that images are brought to: 1 in the paper, 28 for pixels of order one.",
            (28,),
            (1, 28),
            (1, 28),
        ),
        "epochs": Parameter(
            "Steps of gradient descent, for each of the norms.", (1000,), (8000, 1000), (8000, 1000)
        ),
        "widths": Parameter(
            "Widths of the hidden layer.",
            (64, 256, 1024),
            tuple(2**k for k in range(6, 13)),
            tuple(2**k for k in range(6, 15)),
        ),
        "networks": Parameter("Networks of each width for each pair.", 2, 2, 4),
        "seed": seed("Draws the pairs and the networks."),
    },
    notes=("The paper has no width sweep; its networks are 512 wide.",),
    beyond=("pairs", "orders", "norms", "epochs", "widths", "networks"),
)

LONGER_TRAINING = Experiment(
    name="longer-training",
    figure="none: the authors' test for grokking",
    summary="Whether an unseen pose comes with more training.",
    details="Trains the convolutional network of figure 1 on its task many times longer than "
    "there, in four ways: plain; with decoupled weight decay; with training images turned at "
    "random by small angles; and turned by any angle, which shows the missing pose. Measures "
    "accuracies at epochs spaced evenly on a logarithmic scale.",
    parameters={
        "variants": Parameter(
            "Ways of training, among plain, decay, small-turns and all-turns.",
            ("plain", "all-turns"),
            ("plain", "decay", "small-turns", "all-turns"),
            ("plain",),
        ),
        "orders": Parameter("Numbers N of rotations, by multiples of 360°/N.", (4,), (4,), (4,)),
        "digits": Parameter(
            "Digits that lack the unrotated pose, in turn.", (7,), (1, 4, 7), tuple(range(10))
        ),
        "images": Parameter("Images of each class, at most.", 20, 40, 7000),
        "held_back": Parameter("The fraction of them that is held back.", 0.5, 0.5, 0.1),
        "batch": Parameter("Images in a training step, at most.", 16, 16, 2048),
        "epochs": Parameter("Times that training goes through all images.", 64, 352, 10),
        "decay": Parameter(
            "Weight decay, where there is some: what AdamW multiplies with the learning rate.",
            1.0,
            1.0,
            1.0,
        ),
        "angle": Parameter("Small turns are by at most so many degrees each way.", 10, 10, 10),
        "seed": seed("Draws images, networks and batches."),
    },
    notes=(
        "Rotations by cubic splines (the authors' script: nearest pixels).",
        "What is held back are images with all their poses (the authors' script: single poses).",
        "Adam with β = (0.7, 0.9), as in figure 1 (the authors' script: β = (0.9, 0.999)).",
    ),
    beyond=("variants", "digits", "decay", "angle"),
)

EXPERIMENTS = {
    one.name: one
    for one in (
        UNSEEN_POSE,
        ROTATED_DIGITS,
        DEPTH,
        CONVOLUTION,
        SHIFTS,
        MANY_SEEDS,
        MANY_CLASSES,
        TRAINED_MLP,
        WIDTH_SWEEP,
        LONGER_TRAINING,
    )
}
