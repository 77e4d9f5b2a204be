"""The frozen specification of one training: data, network, loss, optimizer. A value, no state."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from engine.data import Dataset, DataSpec, load
from engine.descent import Optimizer, Schedule
from engine.descent.optimizers import TABLE as ELEMENTWISE
from engine.errors import NablaError
from engine.hyperparameters import Hyperparameter, check_seed, is_number
from engine.network import Architecture, Initializer
from engine.network.losses import TABLE as LOSSES
from engine.network.losses import Loss

LARGEST_LEARNING_RATE = 1000.0
LARGEST_PENALTY = 1000.0
_BATCH_SIZE = Hyperparameter("batch_size", "Batch size", 32, 1, 1e9, whole=True)


@dataclass(frozen=True)
class Penalty:
    """Regularization of the weights (not of biases or α): l1 Σ|w| + ½ l2 Σ w²."""

    l1: float = 0.0
    l2: float = 0.0

    def __post_init__(self) -> None:
        """Check the bounds."""
        for name, value in (("L1", self.l1), ("L2", self.l2)):
            if not (is_number(value) and 0.0 <= value <= LARGEST_PENALTY):
                raise NablaError(
                    "setting.out_of_bounds",
                    name=name,
                    value=value,
                    minimum=0.0,
                    maximum=LARGEST_PENALTY,
                )

    def __bool__(self) -> bool:
        """Whether there is any penalty."""
        return self.l1 > 0.0 or self.l2 > 0.0


@dataclass(frozen=True)
class Experiment:
    """Everything that a training depends on.

    Attributes
    ----------
    batch_size
        Samples in a batch; None takes all training samples at once.
    seed
        Seed of the batch order.
    error_without_slope
        Carry errors back without f′, as a well-known tutorial draws it: wrong, there to show it.
    """

    data: DataSpec
    architecture: Architecture
    initializer: Initializer = field(default_factory=Initializer)
    loss: str = "half_squared"
    penalty: Penalty = field(default_factory=Penalty)
    optimizer: Optimizer = field(default_factory=Optimizer)
    learning_rate: float = 0.1
    schedule: Schedule = field(default_factory=Schedule)
    batch_size: int | None = None
    seed: int = 0
    error_without_slope: bool = False

    def __post_init__(self) -> None:
        """Check that the parts fit together.

        Raises
        ------
        NablaError
            A number out of bounds, an unknown loss, a network that does not fit data or loss.
        """
        rate = self.learning_rate
        if not (is_number(rate) and 0.0 < rate <= LARGEST_LEARNING_RATE):
            raise NablaError(
                "learning_rate.out_of_bounds",
                value=rate,
                maximum=LARGEST_LEARNING_RATE,
            )
        if self.batch_size is not None:
            _BATCH_SIZE.check(self.batch_size)
        check_seed(self.seed)
        if self.optimizer.key not in ELEMENTWISE:
            raise NablaError("optimizer.not_for_training", name=self.optimizer.entry.label)
        if self.loss not in LOSSES:
            raise NablaError("loss.unknown", key=self.loss)
        self.loss_function.check(self.architecture.output.activation, self.architecture.widths[-1])
        dataset = self.dataset
        if self.architecture.widths[0] != dataset.inputs.shape[1]:
            raise NablaError(
                "experiment.inputs_mismatch",
                network=self.architecture.widths[0],
                data=dataset.inputs.shape[1],
            )
        if self.architecture.widths[-1] != dataset.targets.shape[1]:
            raise NablaError(
                "experiment.outputs_mismatch",
                network=self.architecture.widths[-1],
                data=dataset.targets.shape[1],
            )
        if self.loss_function.task not in (None, dataset.task):
            raise NablaError("loss.needs_classes", loss=self.loss_function.label)

    @property
    def loss_function(self) -> Loss:
        """The loss in the table."""
        return LOSSES[self.loss]

    @cached_property
    def dataset(self) -> Dataset:
        """The data set, made on first use."""
        return load(self.data)

    @property
    def effective_batch_size(self) -> int:
        """Samples in a full batch."""
        n = len(self.dataset.train)
        return n if self.batch_size is None else min(self.batch_size, n)

    @property
    def iterations_per_epoch(self) -> int:
        """Batches in an epoch, the last, smaller one included."""
        return -(-len(self.dataset.train) // self.effective_batch_size)
