"""The replay of training as a widget: live in Jupyter, and on a page without a kernel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from scipy.stats import t as student

from symtheory.book.explorers.base import Choice, Explorer, Ranged, StillPicture, bundle, styles
from symtheory.book.explorers.training_replay.picture import draw
from symtheory.book.explorers.training_replay.state import STEPS, Replay
from symtheory.book.provenance import Provenance
from symtheory.records import Record

__all__ = ["TrainingReplayExplorer"]

_HERE = Path(__file__).parent
_DIGITS = 3  # decimals of what theory says
_PLACES = ("norm", "pair", "width", "time")


class TrainingReplayExplorer(Explorer):
    """Networks as they are trained: what do they say of a missing pose, and what does theory?

    Attributes:
        names: What the two digits of each pair are, the one that lacks a pose first.
        norms: Of the images.
        widths: Of the hidden layer.
        epochs: At which the networks were looked at, ascending.
        outputs: Of each network at the missing image, by norm, pair and width: at the first epoch
            in hundredths, and then by how much it changes.
        seen: The mean of y f over networks and the images that they are trained on, likewise.
        flow: The mean output of infinitely wide networks, by norm and pair, at each epoch.
        deviation: Its standard deviation over their starts.
        exact: The output of kernel regression, by norm and pair.
        quantile: Of Student's distribution, for a 95 % interval of the mean of the networks.
        norm: Place of the chosen norm.
        pair: Place of the chosen pair.
        width: Place of the chosen width.
        time: Place of the chosen epoch.
        playing: ``"time"`` while training is replayed, once from its start to its end, or empty.
        provenance: Of the record that is shown, if it is one.

    Raises:
        ValueError: If a trait is set to a value out of its range.
    """

    _esm = bundle(_HERE / "widget.mjs")
    _css = styles(_HERE)

    names = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)
    norms = traitlets.List(traitlets.Float()).tag(sync=True)
    widths = traitlets.List(traitlets.Int()).tag(sync=True)
    epochs = traitlets.List(traitlets.Int()).tag(sync=True)
    outputs = traitlets.List(traitlets.Any()).tag(sync=True)
    seen = traitlets.List(traitlets.Any()).tag(sync=True)
    flow = traitlets.List(traitlets.Any()).tag(sync=True)
    deviation = traitlets.List(traitlets.Any()).tag(sync=True)
    exact = traitlets.List(traitlets.Any()).tag(sync=True)
    quantile = Ranged(2.0, 0.0, 13.0, "the quantile of Student's distribution")
    norm = Ranged(0, 0, 3, "the place of the norm")
    pair = Ranged(0, 0, 8, "the place of the pair")
    width = Ranged(0, 0, 4, "the place of the width")
    time = Ranged(0, 0, 39, "the place of the epoch")
    playing = Choice("", ("", "time"), "the trait that moves")
    provenance: Provenance | None = None

    @classmethod
    def of_run(
        cls,
        data: Mapping[str, np.ndarray],
        *,
        pairs: Sequence[int] | None = None,
        networks: int | None = None,
        **settings: Any,
    ) -> TrainingReplayExplorer:
        """What the experiment `training-replay` returns, or its record holds.

        Args:
            data: Its arrays. Outputs are kept in hundredths.
            pairs: Places of those that are shown; all if not given.
            networks: How many of each width are shown, the first ones; all if not given.
            **settings: Values of other traits.

        Raises:
            ValueError: If there are fewer than two networks, or more of anything than a page shows.
        """
        margins = np.asarray(data["margin"], dtype=np.float64)[..., :networks, :]
        chosen = np.arange(margins.shape[1]) if pairs is None else np.asarray(pairs)
        margins = margins[:, chosen]
        sizes = (*margins.shape[:3], margins.shape[-1])
        most = [getattr(cls, name).high + 1 for name in _PLACES]
        if any(size > limit for size, limit in zip(sizes, most, strict=True)) or (
            margins.shape[-2] < 2
        ):
            raise ValueError(
                f"Expected at most {most} norms, pairs, widths and times, and at least 2 networks. "
                f"Got {list(sizes)} and {margins.shape[-2]}. Try pairs=[0, 1], or a smaller run."
            )
        return cls(
            names=[[str(digit) for digit in pair] for pair in data["classes"][chosen]],
            norms=[float(norm) for norm in data["norms"]],
            widths=[int(width) for width in data["widths"]],
            epochs=[int(epoch) for epoch in data["epochs"]],
            outputs=_changes(margins),
            seen=_changes(np.asarray(data["seen_margin"])[:, chosen]),
            flow=_rounded(data["flow_margin"][:, chosen]),
            deviation=_rounded(data["flow_deviation"][:, chosen]),
            exact=_rounded(data["exact_margin"][:, chosen]),
            quantile=float(student.ppf(0.975, margins.shape[-2] - 1)),
            **{"time": margins.shape[-1] - 1, **settings},
        )

    @classmethod
    def of_record(cls, record: Record, **settings: Any) -> TrainingReplayExplorer:
        """`of_run`, with the provenance of a record under the still picture."""
        explorer = cls.of_run(record.data, **settings)
        explorer.provenance = Provenance.from_record(record)
        return explorer

    @traitlets.validate(*_PLACES)
    def _is_there(self, proposal: Any) -> int:
        """Refuse a place that nothing has."""
        name, value = proposal.trait.name, int(proposal.value)
        values: dict[str, list[Any]] = {
            "norm": self.norms,
            "pair": self.names,
            "width": self.widths,
            "time": self.epochs,
        }
        places = len(values[name])
        if places and value >= places:
            raise ValueError(
                f"Expected {name} from 0 to {places - 1}. Got {value}. Try {name}={places - 1}."
            )
        return value

    @property
    def state(self) -> Replay:
        """The present settings and their numbers."""
        first, second = self.names[self.pair]
        at = self.outputs[self.norm][self.pair][self.width]
        seen = self.seen[self.norm][self.pair][self.width]
        return Replay(
            names=(first, second),
            norm=self.norms[self.norm],
            width=self.widths[self.width],
            epochs=tuple(self.epochs),
            outputs=np.cumsum(np.array(at), axis=-1),
            seen=np.cumsum(np.array(seen)) / STEPS,
            flow=np.array(self.flow[self.norm][self.pair]),
            deviation=np.array(self.deviation[self.norm][self.pair]),
            exact=self.exact[self.norm][self.pair],
            quantile=self.quantile,
            time=self.time,
        )

    def picture(self) -> StillPicture:
        """What the explorer shows at its present settings, as a picture."""
        return draw(self.state, self.provenance)


def _changes(values: np.ndarray) -> Any:
    """Nested lists: the first of each row in hundredths, and by how much it changes."""
    steps = np.round(STEPS * values.astype(np.float64)).astype(int)
    return np.diff(steps, axis=-1, prepend=0).tolist()


def _rounded(values: np.ndarray) -> Any:
    """Nested lists of numbers of few digits, to travel to the page."""
    return np.asarray(values).round(_DIGITS).tolist()
