"""The closed vocabulary of lessons: what figures show, what steps wait for, what buttons do."""

from __future__ import annotations

LANGUAGES = ("en", "zh_CN")
LABS = ("network", "derivative", "surface", "descent")
TOOLS = ("gradient_check", "learning_rate_curve")
"""What a lesson may put into its panel, besides texts and figures."""

QUANTITIES: dict[str, tuple[str, ...]] = {
    "loss": (),
    "test_loss": (),
    "accuracy": (),
    "test_accuracy": (),
    "parameter": ("name",),
    "gradient": ("name",),
    "pre_activation": ("layer", "unit"),
    "activation": ("layer", "unit"),
    "error": ("layer", "unit"),
    "loss_after_step": ("rate",),
    "slope_ratio": ("name",),
    "micro_steps": (),
    "last_iteration": (),
}
"""What a figure can show of a network, and what more it has to say for that."""

SLOT_QUANTITIES: dict[str, tuple[str, ...]] = {
    "derivative": (
        "value",
        "other_value",
        "slope",
        "bend",
        "quotient",
        "quotient_back",
        "error",
        "delta",
        "differential",
        "remainder",
        "sum",
        "integral",
        "limit_left",
        "limit_right",
        "differentiable",
        "steps",
    ),
    "surface": (
        "value",
        "partial_1",
        "partial_2",
        "partial_3",
        "partial_4",
        "gradient_norm",
        "directional",
        "quotient",
        "dz",
        "delta_z",
        "remainder",
        "plane_value",
        "end_value",
    ),
    "descent": ("coordinate", "slope", "value", "gradient_norm", "distance", "step_length"),
}
"""What a figure can show in a calculus lab; ``with`` says what differs from the lesson's slot."""

CONDITIONS: dict[str, str] = {
    "iteration": "number",
    "phase": "phase",
    "played": "flag",
    "went_back": "flag",
    "selected": "flag",
    "initializer_changed": "flag",
    "without_slope": "flag",
    "learning_rate": "number",
    "loss_below": "number",
    "loss_above": "number",
    "accuracy": "number",
    "stopped": "flag",
    "asked": "number",
    "expression": "text",
    "point": "number",
    "moved": "flag",
    "step_below": "number",
    "approach": "number",
    "position": "number",
    "derived": "flag",
    "level": "flag",
    "time": "text",
    "shown": "text",
    "rule": "text",
    "parts": "number",
    "end": "number",
    "nudged": "number",
    "nudge_below": "number",
    "remainder_below": "number",
    "steepest": "flag",
    "along_level": "flag",
    "critical": "flag",
    "steps_done": "number",
    "step_inside": "flag",
    "started_elsewhere": "flag",
    "blindfold": "flag",
    "function": "text",
    "runners": "number",
    "all_stopped": "flag",
    "runner_rate": "number",
}
"""What a step can wait for, and the kind of value that goes with it."""

ACTIONS: dict[str, str] = {
    "randomize": "flag",
    "learning_rate": "number",
    "restart": "flag",
    "slot": "changes",
    "open": "lab",
}
"""What a button in a step does.

``slot`` changes some values of what the lesson's lab shows; ``open`` shows a lab as the lesson has
prepared it, and the step is then about that lab.
"""
