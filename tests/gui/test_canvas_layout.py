"""Where things stand on the canvas: nothing hides anything, and large networks are summarized."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import pytest
from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.network import Architecture
from engine.session import Cursor, Document, View
from gui.state.store import Store
from gui.views.canvas.content import Content
from gui.views.canvas.ends import LOSS_DROP, loss_room, loss_size
from gui.views.canvas.gestures import stepped
from gui.views.canvas.labels import place_some
from gui.views.canvas.layout import CAPTION, HEADER, MOST_LINKS, plan_of
from gui.views.canvas.links import DrawnLinks
from gui.views.canvas.marks import CAP_HEIGHT, fitted, number_width
from gui.views.canvas.picture import Picture
from tests.experiments import by_hand, moons

SIZES = [(620.0, 420.0), (1100.0, 760.0)]


def picture_of(
    document: Document, cursor: Cursor | None = None, size: tuple[float, float] = SIZES[0]
) -> Picture:
    store = Store(document)
    if cursor is not None:
        assert store.move(Cursor(cursor.run, cursor.iteration))
        assert store.move(cursor)
    return Content(store).picture(*size)


def crosses(line: QLineF, box: QRectF) -> bool:
    sides = [
        QLineF(box.topLeft(), box.topRight()),
        QLineF(box.bottomLeft(), box.bottomRight()),
        QLineF(box.topLeft(), box.bottomLeft()),
        QLineF(box.topRight(), box.bottomRight()),
    ]
    bounded = QLineF.IntersectionType.BoundedIntersection
    kinds = [line.intersects(side) for side in sides]
    return any(kind[0] == bounded for kind in kinds if isinstance(kind, tuple))


@pytest.mark.parametrize(
    "widths", [(2, 3, 1), (1, 1), (2, 8, 8, 1), (64, 32, 10), (64, 64, 64, 32)]
)
@pytest.mark.parametrize("size", [*SIZES, (260.0, 180.0)])
def test_everything_stands_inside_and_apart(
    widths: tuple[int, ...], size: tuple[float, float]
) -> None:
    plan = plan_of(Architecture.dense(widths, "tanh"), *size, tag_width=60.0)
    xs = [column.x for column in plan.columns] + [plan.loss[0]]
    assert all(before < after for before, after in pairwise(xs))
    assert plan.loss[0] + plan.loss_radius <= plan.width
    assert plan.width * plan.scale <= size[0] * 1.01
    for column in plan.columns:
        assert column.ys.min() >= HEADER
        assert column.ys.max() <= plan.height - CAPTION
        if len(column.ys) > 1:
            assert np.diff(column.ys).min() >= column.pitch - 1e-9
    assert all(2 * column.radius <= column.pitch for column in plan.columns[1:])


@pytest.mark.parametrize("radius", [12.0, 20.0, 26.0, 32.0])
@pytest.mark.parametrize("value", [7200.0, 3225.137172, 2.302585, 0.0936041, 105139.6, 1.5e-9])
def test_the_figure_of_the_loss_stays_within_its_circle(
    qapp: QApplication, radius: float, value: float
) -> None:
    size = loss_size(radius)
    half = number_width(fitted(value, loss_room(radius), size), size) / 2
    edge = LOSS_DROP * radius + CAP_HEIGHT * size / 2
    assert math.hypot(half, edge) < radius


def test_a_wide_layer_shows_its_first_and_last_units() -> None:
    plan = plan_of(Architecture.dense((64, 32, 10)), 620.0, 420.0)
    inputs = plan.columns[0]
    assert inputs.units[:2] == (0, 1)
    assert inputs.units[-1] == 63
    assert inputs.left_out == 64 - len(inputs.units)
    assert inputs.ys[inputs.units.index(1)] < inputs.ellipsis < inputs.ys[-1]
    assert plan.columns[2].left_out == 0


def test_links_lead_to_the_weights_of_their_units() -> None:
    architecture = Architecture.dense((3, 20, 2))
    plan = plan_of(architecture, 400.0, 300.0)
    links = plan.links
    for number in range(len(links)):
        source, target = architecture.keys[int(links.index[number])]
        layer = int(links.layer[number])
        assert architecture.places[source] == (layer - 1, links.source[number])
        assert architecture.places[target] == (layer, links.target[number])


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("micro", [0, 5, 11, 13])
@pytest.mark.parametrize("iteration", [0, 1, 7])
def test_labels_hide_neither_each_other_nor_foreign_lines(
    qtbot: QtBot, size: tuple[float, float], micro: int, iteration: int
) -> None:
    picture = picture_of(
        Document.of(by_hand(), View(notation="slides")), Cursor(1, iteration, micro), size
    )
    assert len(picture.labels) == 9
    links = picture.plan.links
    for first, second in combinations(picture.labels, 2):
        assert not first.rectangle.intersects(second.rectangle)
    for label in picture.labels:
        for link in range(len(links)):
            if link != label.link:
                line = QLineF(QPointF(*links.start[link]), QPointF(*links.end[link]))
                assert not crosses(line, label.rectangle)
        assert not any(label.rectangle.intersects(node.box) for node in picture.nodes)


def test_labels_stay_where_they_are_through_an_iteration(qtbot: QtBot) -> None:
    store = Store(Document.of(by_hand()))
    content = Content(store)
    places = []
    for micro in range(15):
        store.move(Cursor(1, 0, micro))
        picture = content.picture(620.0, 420.0)
        places.append([(label.link, label.x, label.y) for label in picture.labels])
    assert all(place == places[0] for place in places)


def test_a_dense_network_labels_what_is_in_work(qtbot: QtBot) -> None:
    document = Document.of(moons(architecture=Architecture.dense((2, 8, 8, 1), "sigmoid")))
    quiet = picture_of(document)
    assert not any(quiet.plan.links.layer[label.link] == 2 for label in quiet.labels)
    busy = picture_of(document, Cursor(1, 0, 10))
    labelled = {label.link for label in busy.labels}
    assert set(busy.emphasis.lit.tolist()) <= labelled
    assert len(busy.emphasis.lit) == 8


def test_labels_for_themselves_leave_out_what_has_no_room() -> None:
    start = np.array([[0.0, 0.0], [0.0, 4.0]])
    end = np.array([[100.0, 0.0], [100.0, 4.0]])
    sizes = np.array([[60.0, 14.0], [60.0, 14.0]])
    assert [entry[0] for entry in place_some(start, end, sizes, [1, 0])] == [1]
    assert place_some(start, end, sizes, [0], [(50.0, 0.0, 80.0, 20.0)]) == []


def test_only_the_strongest_connections_of_a_large_network_are_drawn() -> None:
    architecture = Architecture.dense((64, 64, 64, 32))
    plan = plan_of(architecture, 900.0, 700.0)
    generator = np.random.default_rng(1)
    drawn = DrawnLinks.of(plan, generator.normal(size=architecture.layout.size))
    assert len(plan.links) > MOST_LINKS == drawn.drawn.sum()
    assert np.abs(drawn.weights[drawn.drawn]).min() >= np.abs(drawn.weights[~drawn.drawn]).max()
    lines = [
        line for batch in drawn.batches(np.ones(len(plan.links), bool)) for line in batch.lines
    ]
    assert len(lines) == MOST_LINKS


def test_signs_are_told_by_batches_of_their_own() -> None:
    plan = plan_of(Architecture.dense((2, 1), bias=False), 400.0, 300.0)
    drawn = DrawnLinks.of(plan, np.array([1.0, -0.2]))
    batches = drawn.batches(np.ones(2, dtype=bool))
    assert [(batch.sign, len(batch.lines)) for batch in batches] == [(1, 1), (-1, 1)]
    assert batches[0].width > batches[1].width


@pytest.mark.parametrize(
    ("value", "steps", "fine", "result"),
    [
        (0.5, 1, False, 0.51),
        (0.5, -1, True, 0.499),
        (40.0, 2, False, 40.2),
        (-0.004, 1, False, 0.01),
        (0.0, -3, False, -0.03),
    ],
)
def test_dragging_leads_over_round_numbers(
    value: float, steps: float, fine: bool, result: float
) -> None:
    assert stepped(value, steps, fine) == result
