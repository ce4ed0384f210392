"""A thousand steps against the model; `python -m tests.drills.model` takes as many as one likes."""

from tests.drills.model import drill

STEPS, SEED = 1000, 7


def test_the_system_equals_a_simple_model() -> None:
    """Whatever people, Coze, time and crashes do."""
    drill(STEPS, SEED)
