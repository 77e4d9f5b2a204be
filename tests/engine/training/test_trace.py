"""The micro-steps of one iteration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.data import FixedData
from engine.network import Architecture
from engine.training import Experiment, Granularity, MicroStep, Phase, Trace, Training
from tests.engine.network.strategies import architectures
from tests.engine.training.examples import by_hand, shuffled

NEURON, LAYER = Granularity.NEURON, Granularity.LAYER


def trace_by_hand() -> Trace:
    training = by_hand()
    return training.trace(training.initial())


def trace_of(architecture: Architecture) -> Trace:
    """A trace over three samples for any network."""
    inputs = tuple((0.1 * k,) * architecture.widths[0] for k in range(3))
    targets = tuple((0.2 * k,) * architecture.widths[-1] for k in range(3))
    training = Training(Experiment(FixedData(inputs, targets), architecture))
    return training.trace(training.initial())


class TestOrder:
    def test_2_3_1_takes_15_presses(self) -> None:
        trace = trace_by_hand()
        assert trace.count == 15
        assert [trace.step(position) for position in range(1, 16)] == [
            *(MicroStep(Phase.FORWARD, 1, unit) for unit in range(3)),
            MicroStep(Phase.FORWARD, 2, 0),
            MicroStep(Phase.LOSS, 2, -1),
            MicroStep(Phase.OUTPUT_ERROR, 2, 0),
            *(MicroStep(Phase.ERROR, 1, unit) for unit in range(3)),
            MicroStep(Phase.GRADIENT, 2, 0),
            *(MicroStep(Phase.GRADIENT, 1, unit) for unit in range(3)),
            MicroStep(Phase.UPDATE, 2, -1),
            MicroStep(Phase.UPDATE, 1, -1),
        ]

    @given(architectures())
    def test_steps_and_positions_are_inverse(self, architecture: Architecture) -> None:
        trace = trace_of(architecture)
        steps = [trace.step(position) for position in range(1, trace.count + 1)]
        assert [trace.position(step) for step in steps] == list(range(1, trace.count + 1))

    @given(architectures())
    def test_every_neuron_has_its_turn_in_every_phase(self, architecture: Architecture) -> None:
        trace = trace_of(architecture)
        widths = architecture.widths[1:]
        assert trace.count == 3 * sum(widths) + 1 + len(widths)

    def test_nothing_leads_to_the_start_or_beyond_the_end(self) -> None:
        trace = trace_by_hand()
        for position in (-1, 0, 16):
            with pytest.raises(IndexError):
                trace.step(position)
        with pytest.raises(ValueError, match="no "):
            trace.position(MicroStep(Phase.FORWARD, 3, 0))


class TestWalking:
    @given(architectures(), st.sampled_from([NEURON, LAYER]))
    def test_forward_reaches_the_end_and_back_the_start(
        self, architecture: Architecture, granularity: Granularity
    ) -> None:
        trace = trace_of(architecture)
        there, position = [0], 0
        while position < trace.count:
            position = trace.after(position, granularity)
            there.append(position)
        back = [position]
        while position > 0:
            position = trace.ahead_of(position, granularity)
            back.append(position)
        assert back == there[::-1]
        assert there == sorted(set(there))

    def test_a_layer_at_a_time(self) -> None:
        trace = trace_by_hand()
        stops, position = [], 0
        while position < trace.count:
            position = trace.after(position, LAYER)
            stops.append(position)
        assert stops == [3, 4, 5, 6, 9, 10, 13, 14, 15]

    def test_from_within_a_layer_to_its_ends(self) -> None:
        trace = trace_by_hand()
        assert trace.after(7, LAYER) == 9
        assert trace.ahead_of(8, LAYER) == 6
        assert trace.ahead_of(6, LAYER) == 5

    def test_a_batch_is_the_whole_trace(self) -> None:
        trace = trace_by_hand()
        for granularity in (Granularity.BATCH, Granularity.EPOCH):
            assert trace.after(4, granularity) == 15
            assert trace.ahead_of(4, granularity) == 0

    def test_at_the_ends_nothing_moves(self) -> None:
        trace = trace_by_hand()
        for granularity in Granularity:
            assert trace.after(15, granularity) == 15
            assert trace.ahead_of(0, granularity) == 0

    @pytest.mark.parametrize(
        ("position", "end"),
        [(0, 4), (3, 4), (4, 5), (5, 9), (6, 9), (8, 9), (9, 13), (12, 13), (13, 15), (14, 15)],
    )
    def test_the_end_of_the_phase_in_work(self, position: int, end: int) -> None:
        assert trace_by_hand().phase_end(position) == end

    def test_at_the_end_the_last_phase_is_over(self) -> None:
        assert trace_by_hand().phase_end(15) == 15


class TestKnown:
    def test_of_2_3_1(self) -> None:
        trace = trace_by_hand()
        nothing, end = trace.known(0), trace.known(15)
        assert (nothing.activations, nothing.loss) == ((0, 0), False)
        assert (nothing.deltas, nothing.gradients) == ((0, 0), (0, 0))
        assert nothing.updated == (False, False)
        middle = trace.known(8)
        assert (middle.activations, middle.loss, middle.deltas) == ((3, 1), True, (2, 1))
        assert middle.gradients == (0, 0)
        assert trace.known(14).updated == (False, True)
        assert (end.deltas, end.gradients, end.updated) == ((3, 1), (3, 1), (True, True))

    @given(architectures())
    def test_each_press_makes_exactly_one_thing_known(self, architecture: Architecture) -> None:
        trace = trace_of(architecture)

        def counted(position: int) -> tuple[int, ...]:
            known = trace.known(position)
            return (
                *known.activations,
                int(known.loss),
                *known.deltas,
                *known.gradients,
                *map(int, known.updated),
            )

        for position in range(1, trace.count + 1):
            change = np.subtract(counted(position), counted(position - 1))
            assert change.min() == 0
            assert change.sum() == 1


class TestNumbers:
    def test_the_end_of_a_trace_is_the_next_state(self) -> None:
        training = shuffled()
        state = training.initial()
        for _ in range(12):
            trace = training.trace(state)
            following = training.advance(state, 1).states[0]
            assert trace.parameters_at(trace.count).tobytes() == following.parameters.tobytes()
            assert trace.new_parameters.tobytes() == following.parameters.tobytes()
            for new, memory in zip(trace.new_memory, following.memory, strict=True):
                assert new.tobytes() == memory.tobytes()
            assert trace.batch_loss == pytest.approx(following.batch_loss, rel=1e-15)
            state = following

    def test_layers_are_updated_one_by_one_from_the_output(self) -> None:
        training = shuffled()
        trace = training.trace(training.initial())
        old, new = training.initial().parameters, trace.new_parameters
        for done in range(4):
            mixed = trace.parameters_at(trace.count - 3 + done)
            for number, slots in enumerate(training.layout.slots):
                whole = slice(slots.weights.start, slots.alpha.stop)
                source = new if number >= 3 - done else old
                np.testing.assert_array_equal(mixed[whole], source[whole])

    def test_before_the_update_the_parameters_are_the_old_ones(self) -> None:
        training = by_hand()
        state = training.initial()
        trace = training.trace(state)
        assert all(trace.parameters_at(position) is state.parameters for position in range(14))

    def test_nothing_in_a_trace_can_be_written_into(self) -> None:
        training = by_hand()
        trace = training.trace(training.initial())
        for vector in (trace.parameters_at(14), trace.new_parameters):
            with pytest.raises(ValueError, match="read-only"):
                vector[0] = 1.0

    def test_the_focus_is_the_first_of_the_batch_unless_chosen(self) -> None:
        training = shuffled()
        start = training.initial()
        rows = training.batch(start)
        assert training.trace(start).focus == rows[0]
        chosen = training.trace(start, int(rows[3]))
        assert chosen.focus == rows[3]
        assert chosen.focus_in_batch
        test_row = int(training.experiment.dataset.test[0])
        assert not training.trace(start, test_row).focus_in_batch

    def test_the_focused_sample_has_its_own_numbers(self) -> None:
        training = shuffled()
        start = training.initial()
        dataset = training.experiment.dataset
        trace = training.trace(start, 5)
        np.testing.assert_array_equal(trace.sample_forward.activations[0], dataset.inputs[[5]])
        np.testing.assert_array_equal(trace.target, dataset.targets[5])

    def test_the_batch_is_the_mean_of_its_samples(self) -> None:
        training = shuffled()
        start = training.initial()
        rows = training.batch(start)
        traces = [training.trace(start, int(row)) for row in rows]
        losses = [trace.sample_loss for trace in traces]
        assert traces[0].batch_loss == pytest.approx(np.mean(losses), rel=1e-14)
        terms = [trace.sample_backward.gradient for trace in traces]
        np.testing.assert_allclose(
            traces[0].data_gradient, np.mean(terms, axis=0), rtol=1e-12, atol=1e-16
        )
        assert len({trace.data_gradient.tobytes() for trace in traces}) == 1
