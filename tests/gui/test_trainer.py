"""The trainer computes ahead in a thread of its own, and stops when it is told to."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gui.state.trainer import AHEAD, Chunk, Trainer
from tests.experiments import document, moons


@pytest.fixture
def trainer(qtbot: QtBot) -> Iterator[Trainer]:
    trainer = Trainer()
    yield trainer
    trainer.shut_down()


def test_chunks_follow_each_other_without_a_gap(trainer: Trainer, qtbot: QtBot) -> None:
    chunks: list[Chunk] = []
    trainer.computed.connect(chunks.append)
    segment = document(moons()).segment
    trainer.start(segment, segment.state)
    qtbot.waitUntil(lambda: len(chunks) >= 5)
    trainer.stop()
    iterations = [state.iteration for chunk in chunks for state in chunk.block.states]
    assert iterations == list(range(1, len(iterations) + 1))
    straight = segment.training.advance(segment.state, iterations[-1]).states[-1]
    assert np.array_equal(chunks[-1].block.states[-1].parameters, straight.parameters)


def test_nothing_is_delivered_after_a_stop(trainer: Trainer, qtbot: QtBot) -> None:
    chunks: list[Chunk] = []
    trainer.computed.connect(chunks.append)
    segment = document(moons()).segment
    trainer.start(segment, segment.state)
    qtbot.waitUntil(lambda: bool(chunks))
    trainer.stop()
    count = len(chunks)
    qtbot.wait(100)
    assert len(chunks) == count
    assert not trainer.is_training


def test_it_does_not_run_away_from_a_window_that_is_busy(trainer: Trainer, qtbot: QtBot) -> None:
    import time

    chunks: list[Chunk] = []
    trainer.computed.connect(chunks.append)
    segment = document(moons()).segment
    trainer.start(segment, segment.state)
    # The window's thread is held up, so nothing is taken.
    time.sleep(0.3)
    waiting: list[Chunk] = []
    trainer.computed.disconnect()
    trainer.computed.connect(waiting.append)
    trainer.stop()
    qtbot.wait(50)
    assert len(chunks) + len(waiting) <= AHEAD


def test_another_start_gives_up_the_first(trainer: Trainer, qtbot: QtBot) -> None:
    chunks: list[Chunk] = []
    trainer.computed.connect(chunks.append)
    first, second = document(moons()).segment, document(moons()).segment
    trainer.start(first, first.state)
    trainer.start(second, second.state)
    qtbot.waitUntil(lambda: len(chunks) >= 2)
    assert {chunk.segment for chunk in chunks} == {second}
