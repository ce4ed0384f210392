import copy
import pickle

import pytest

from bot.coze.secret import Secret

SECRET = Secret("pat_canary")


@pytest.mark.parametrize("shown", [repr(SECRET), str(SECRET), f"{SECRET}", f"{SECRET:>40}", f"{[SECRET]}"])
def test_hides_itself(shown: str) -> None:
    assert "canary" not in shown


@pytest.mark.parametrize("leak", [pickle.dumps, copy.copy, copy.deepcopy])
def test_can_not_be_carried_off(leak: object) -> None:
    with pytest.raises(TypeError, match="pickled"):
        leak(SECRET)  # type: ignore[operator]


def test_has_no_attributes_to_dump() -> None:
    assert not hasattr(SECRET, "__dict__")


def test_reveals_and_compares() -> None:
    assert SECRET.reveal() == "pat_canary"
    assert Secret("pat_canary") == SECRET
    assert Secret("扣子") != Secret("扣")
    assert SECRET != "pat_canary"
    assert len({SECRET, Secret("pat_canary")}) == 1
    assert not Secret("")
