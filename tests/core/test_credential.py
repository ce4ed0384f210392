"""What a token's form brings: ends as Coze counts them, and each wrong value at its field."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.core.credential import (
    LONG,
    NAME_LENGTH,
    SHORTEST,
    Credential,
    CredentialKind,
    CredentialState,
    check_name,
    days_left,
    in_days,
    is_it,
    is_long,
    is_whole,
    line_of,
    read,
    read_key,
    renewals,
    watched,
    weeks_on,
)
from bot.core.errors import InvalidFields
from tests.core.test_remind import SHANGHAI, at

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
GOOD: dict[str, Any] = {
    "name": " glasses ",
    "lifetime": "30",
    "until": None,
    "created_at": NOW,
    "last4": "",
    "tz": "Asia/Shanghai",
    "now": NOW,
}


def test_a_preset_counts_from_creation() -> None:
    record = read(**GOOD)
    assert record.ends_at == NOW + timedelta(days=30)
    assert (record.name, record.last4) == ("glasses", None)


def test_a_date_ends_with_its_day_in_the_persons_zone() -> None:
    record = read(**{**GOOD, "lifetime": "date", "until": "2026-12-11"})
    assert record.ends_at == datetime(2026, 12, 11, 15, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changed", "where", "code"),
    [
        ({"name": "  "}, "credential.name", "empty"),
        ({"name": "x" * 41}, "credential.name", "too_long"),
        ({"last4": "ab"}, "credential.last4", "not_last4"),
        ({"last4": "pat_"}, "credential.last4", "not_last4"),
        ({"created_at": NOW + timedelta(hours=1)}, "credential.created", "future"),
        ({"created_at": NOW - timedelta(days=31)}, "credential.created", "past"),
        ({"lifetime": "date"}, "credential.until", "no_date"),
        ({"lifetime": "date", "until": "2026-12-01"}, "credential.until", "past"),
        ({"lifetime": "date", "until": "2027-12-15"}, "credential.until", "too_far"),
        ({"lifetime": "date", "until": "9999-12-31"}, "credential.until", "too_far"),
        ({"lifetime": "date", "until": "9999-12-31", "tz": "America/Los_Angeles"}, "credential.until", "too_far"),
        ({"lifetime": "date", "until": "0001-01-01", "tz": "Asia/Shanghai"}, "credential.until", "past"),
        ({"lifetime": "30", "until": "2026-12-11"}, "credential.until", "not_30_days"),
        ({"lifetime": "1", "until": "2026-12-11"}, "credential.until", "not_1_day"),
        ({"lifetime": "date", "until": "tomorrow"}, "credential.until", "unknown_choice"),
        ({"lifetime": "7", "until": None}, "credential.lifetime", "unknown_choice"),
    ],
)
def test_each_wrong_value_is_named_at_its_field(changed: dict[str, Any], where: str, code: str) -> None:
    with pytest.raises(InvalidFields) as raised:
        read(**{**GOOD, **changed})
    assert [(problem.where, problem.code) for problem in raised.value.problems] == [(where, code)]


def test_a_date_that_says_the_same_is_no_contradiction() -> None:
    """It is the day on which the preset ends where the person lives."""
    assert read(**{**GOOD, "until": "2027-01-01"}).ends_at == NOW + timedelta(days=30)
    west = {**GOOD, "until": "2026-12-31", "tz": "America/Los_Angeles"}
    assert read(**west).ends_at == NOW + timedelta(days=30)


def test_a_service_token_lasts_longer() -> None:
    """A SAT of 180 days is recorded as it is."""
    record = read(**{**GOOD, "lifetime": "date", "until": "2027-05-31"})
    assert (record.ends_at - NOW).days == 180


def test_all_wrong_values_are_named_at_once() -> None:
    with pytest.raises(InvalidFields) as raised:
        read(**{**GOOD, "name": "", "last4": "!", "lifetime": "date"})
    assert len(raised.value.problems) == 3


def test_days_left_count_midnights_of_the_zone() -> None:
    ends = datetime(2026, 12, 4, 15, 59, 59, tzinfo=UTC)  # the 4th, 23:59:59 in Shanghai
    assert days_left(ends, NOW, "Asia/Shanghai") == 2
    assert days_left(ends, ends - timedelta(hours=1), "Asia/Shanghai") == 0
    assert days_left(ends, ends + timedelta(days=3), "Asia/Shanghai") == 0


@pytest.mark.parametrize(
    ("days", "zone", "weeks"),
    [
        (-9, "UTC", 0),
        (0, "UTC", 0),
        (4, "UTC", 0),
        (5, "UTC", 1),
        (11, "UTC", 1),
        (12, "UTC", 2),
        (4, "Etc/GMT-14", 1),
    ],
)
def test_weeks_begin_on_the_monday_of_the_zone(days: int, zone: str, weeks: int) -> None:
    """It is Wednesday; the Sunday evening of London is a Monday in Kiribati."""
    assert weeks_on(NOW + timedelta(days=days, hours=9), NOW, zone) == weeks


def row(row_id: int, created: float, *, replaced_by: int | None = None, lives: int = 30) -> Credential:
    """A token of the ledger that was created so many days after the first."""
    born = NOW + timedelta(days=created)
    times = born, born + timedelta(days=lives)
    return Credential(row_id, "T0", "U0", "glasses", *times, None, CredentialState.ACTIVE, born, replaced_by)


def test_a_renewal_is_a_new_token_in_an_old_ones_place() -> None:
    """Not the same one, entered anew; and not what never took its place."""
    corrected = row(3, 25.1, replaced_by=4)
    owned = [row(4, 50), row(1, 0, replaced_by=2), row(9, 60), row(2, 25, replaced_by=3), corrected]
    line = line_of(owned, 4)
    assert [each.id for each in line] == [1, 2, 3, 4]
    assert renewals(line) == 2
    assert renewals(line_of(owned, 9)) == 0
    assert line_of(owned, 7) == []


def test_a_token_that_ends_sooner_renews_nothing() -> None:
    assert renewals([row(1, 0), row(2, 5, lives=3)]) == 0


def test_a_line_that_leads_back_ends() -> None:
    """No row of ours does; whoever has edited the database is not waited for."""
    assert len(line_of([row(1, 0, replaced_by=2), row(2, 5, replaced_by=1)], 1)) == 2


def named(*names: str) -> list[Credential]:
    """Tokens of these names."""
    return [replace(row(number, 0), name=each) for number, each in enumerate(names)]


@pytest.mark.parametrize(
    ("name", "others", "free"),
    [
        ("拍拍镜-试用", ["拍拍镜-试用"], "拍拍镜-试用 2"),
        ("拍拍镜-试用", ["拍拍镜-试用", "拍拍镜-试用 2"], "拍拍镜-试用 3"),
        ("拍拍镜-试用 2", ["拍拍镜-试用", "拍拍镜-试用 2"], "拍拍镜-试用 3"),
        ("Glasses", ["ｇｌａｓｓｅｓ"], "Glasses 2"),
        ("the glasses", ["The  Glasses"], "the glasses 2"),
        ("12", ["12"], "12 2"),
        ("x" * NAME_LENGTH, ["x" * NAME_LENGTH], "x" * (NAME_LENGTH - 2) + " 2"),
    ],
)
def test_one_name_is_one_token(name: str, others: list[str], free: str) -> None:
    with pytest.raises(InvalidFields) as raised:
        check_name(name, named(*others))
    (problem,) = raised.value.problems
    assert (problem.where, problem.code, problem.values) == ("credential.name", "name_taken", {"free": free})


def test_another_name_is_another_token() -> None:
    check_name("拍拍镜-试用 2", named("拍拍镜-试用", "拍拍镜-试用 3"))


def test_a_key_has_a_day_and_no_end() -> None:
    """As many days on as are wanted, by the calendar of its owner; what is past or too far is refused."""
    now = at("2026-12-01T23:30")
    assert in_days(now, 90, SHANGHAI) == "2027-03-01"
    record = read_key(" OAuth key ", "2027-03-01", now, SHANGHAI, now)
    assert (record.name, record.kind, record.last4) == ("OAuth key", CredentialKind.KEY, None)
    assert record.ends_at == at("2027-03-01T23:59:59")
    for wrong, code in {None: "no_date", "2026-11-30": "past", "2029-01-01": "too_far"}.items():
        with pytest.raises(InvalidFields) as refused:
            read_key("k", wrong, now, SHANGHAI, now)
        assert [each.code for each in refused.value.problems] == [code]


def test_what_ends_first_is_watched_first_until_it_is_replaced_or_forgotten() -> None:
    late, early = row(1, 5), row(2, 1)
    ended = replace(row(3, -90), state=CredentialState.EXPIRED)
    gone = [replace(row(4, 2), state=state) for state in (CredentialState.SUPERSEDED, CredentialState.FORGOTTEN)]
    assert watched([late, *gone, early, ended]) == [ended, early, late]


def test_a_refused_token_is_refused_until_its_end() -> None:
    token = row(1, 0)
    assert not token.is_refused(NOW)
    refused = replace(token, refused_at=NOW)
    assert refused.is_refused(NOW)
    assert refused.is_refused(token.ends_at - timedelta(seconds=1))
    assert not refused.is_refused(token.ends_at), "what has ended is no surprise"


@pytest.mark.parametrize(
    ("token", "whole"),
    [
        ("p" * SHORTEST, True),
        ("p" * (SHORTEST - 1), False),
        (f"{'p' * SHORTEST} {'p' * SHORTEST}", False),
        (f"{'p' * SHORTEST}\n", True),
        (" " * SHORTEST, False),
    ],
)
def test_a_whole_token_is_long_and_in_one_piece(token: str, *, whole: bool) -> None:
    assert is_whole(token) is whole


def test_a_token_is_the_recorded_one_by_its_end() -> None:
    assert is_it(replace(row(1, 0), last4=None), "pat_anything")
    assert is_it(replace(row(1, 0), last4="a1B2"), "pat_xa1B2")
    assert not is_it(replace(row(1, 0), last4="a1B2"), "pat_a1B2x")


def test_what_lives_longer_than_any_personal_token_is_long() -> None:
    token = row(1, 0)
    assert not is_long(replace(token, ends_at=token.created_at + LONG))
    assert is_long(replace(token, ends_at=token.created_at + LONG + timedelta(seconds=1)))


def test_days_are_those_of_the_zone() -> None:
    evening = datetime(2026, 12, 2, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    assert [in_days(evening, 1, zone) for zone in ("UTC", SHANGHAI)] == ["2026-12-03", "2026-12-04"]
    end = datetime(2026, 12, 4, 15, 59, 59, tzinfo=UTC)
    assert [days_left(end, evening, zone) for zone in ("UTC", SHANGHAI, "Pacific/Auckland")] == [2, 1, 2]
    assert days_left(evening, end, "UTC") == 0


def test_an_operators_own_and_a_key_stand_alone() -> None:
    token = row(1, 0)
    assert (token.is_operators, token.is_key, token.stands_alone) == (False, False, False)
    assert replace(token, user_id="W0MEI").stands_alone is False
    assert replace(token, user_id="operator").stands_alone
    assert replace(token, kind=CredentialKind.KEY).stands_alone
