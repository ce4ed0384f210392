"""The stored list: how far a reading has come, what it costs, and how agents of one name are told apart."""

from datetime import UTC, datetime, timedelta

from bot.core.agent_list import (
    AT_ONCE,
    GIVEN_UP,
    OFFERED,
    PAGE,
    STALE,
    AgentList,
    ListedAgent,
    Reading,
    plain,
    reading_of,
    told_apart,
)

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


def listed(agent_id: str, name: str = "讲解员") -> ListedAgent:
    return ListedAgent(agent_id, name, "7", NOW, None, NOW)


def test_what_renewing_costs() -> None:
    """A call a page; nobody knows before the first list."""
    assert AgentList().cost is None
    assert [AgentList(count, NOW).cost for count in (0, 1, 20, 21, 3000)] == [1, 1, 1, 2, 150]


def test_when_a_list_is_asked_for_again() -> None:
    assert not AgentList().is_new(NOW)
    assert AgentList(1, NOW).is_new(NOW + STALE / 2)
    assert not AgentList(1, NOW).is_new(NOW + STALE)
    short, long = (AgentList(count, NOW) for count in (AT_ONCE * PAGE, AT_ONCE * PAGE + 1))
    assert [each.is_worth_a_look(NOW) for each in (AgentList(), short, long)] == [True, True, False]
    assert long.is_worth_a_look(NOW + STALE)
    assert not AgentList(1, NOW).is_under_way(NOW)
    assert AgentList(1, NOW, NOW).is_under_way(NOW + GIVEN_UP - timedelta(seconds=1))
    assert not AgentList(1, NOW, NOW).is_under_way(NOW + GIVEN_UP)


def test_a_reading_ends_with_what_was_promised() -> None:
    """It is steady as long as each page promises the same, and goes on from a job's payload."""
    first = Reading(NOW)
    assert not first.is_over
    one = first.after(20, 45)
    assert (one.page, one.is_over, one.is_steady) == (2, False, True)
    assert reading_of(one.kept(), NOW + GIVEN_UP) == one
    assert one.after(20, 45).after(5, 45).is_over
    assert not one.after(20, 44).is_steady
    assert first.after(0, 0).is_over
    assert reading_of(None, NOW) == reading_of({"pressed": True}, NOW) == first


def test_a_name_is_compared_plainly() -> None:
    assert plain("「Ｍｕｓｅｕｍ Guide」！") == "museum guide"
    assert plain("我的-智能体") == "我的-智能体"
    assert plain(" “” ") == ""


def test_three_thousand_of_one_name_are_told_apart() -> None:
    """Each label is another one and fits, whatever the ids have in common."""
    agents = [listed(f"75{number:011d}000000") for number in range(OFFERED)] + [listed("12"), listed("3412")]
    labels = told_apart(["讲解员" * 40] * len(agents), agents, 75)
    assert len(set(labels)) == len(agents)
    assert max(map(len, labels)) == 75
    short = told_apart(["讲解员", "小车", "讲解员"], [listed("7000001"), listed("7000001"), listed("7000002")], 75)
    assert short == ["讲解员 · …000001", "小车", "讲解员 · …000002"]
