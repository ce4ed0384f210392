"""Rows of the version before get their grades, on both databases: nobody is removed, and each in doubt is seen to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store import schema
from tests.databases import KINDS, fresh
from tests.version_before import REVISION, also, contents, fill, rows_before

Json = dict[str, Any]

VERIFIED: Json = {"invited_evidence": "verified", "joined_evidence": "verified"}
BY_HAND: Json = {"invited_evidence": "confirmed", "joined_evidence": "confirmed", "by_hand": True}


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as the version before left it."""
    with fresh(request.param, tmp_path, fill) as url:
        yield url


def person(number: int, coze_uid: str | None) -> Json:
    """Somebody who may have shown an account."""
    return {**rows_before("person")[0], "user_id": f"U{number}", "coze_uid": coze_uid}


def request(number: int, coze_uid: str, state: str, evidence: str = "confirmed", **more: Any) -> Json:
    """Their request."""
    unknown = {"invited_evidence": None, "joined_evidence": None}
    own = {"id": number, "user_id": f"U{number}", "coze_uid": coze_uid, "uid_evidence": evidence}
    return {**rows_before("join_request")[0], **unknown, **own, "state": state, **more}


def test_each_kind_of_row_gets_its_grade(database: str) -> None:
    """What Coze has said is proven, also of what is kept; who accepted our invitation is invited, all else typed."""
    also(
        database, "person", person(11, "811"), person(12, None), person(13, "999"), person(14, None), person(15, None)
    )
    also(
        database,
        "join_request",
        request(11, "811", "joined", **VERIFIED),
        request(12, "812", "joined", "verified", **VERIFIED),
        request(13, "813", "joined", **VERIFIED),
        request(14, "814", "joined", **BY_HAND),
        request(15, "815", "joined", joined_evidence="verified"),
        request(16, "816", "pending", is_member=True),
        request(17, "817", "approved", "verified", error="E13"),
    )
    kept = {"id": "s15", "team_id": "T0PLAYGROUND", "user_id": "U15", "purpose": "publish", "kind": "token"}
    more = {"account": "n", "coze_uid": "815", "key_id": "a", "value": "x"}
    times = {"kept_at": "2040-03-05T02:00:00", "ends_at": "2040-04-05T02:00:00"}
    also(database, "secret", {**kept, **more, **times})
    schema.migrate(database)
    after = contents(database)
    grades = {row["id"]: row["grade"] for row in after["join_request"] if row["id"] > 10}
    assert grades == {
        11: "proven",
        12: "proven",
        13: "invited",
        14: "typed",
        15: "proven",
        16: "typed",
        17: "proven",
    }
    assert {row["state"] for row in after["join_request"] if row["id"] in (11, 12, 13, 14, 15)} == {"joined"}
    approved = {row["id"]: row["approved_uid"] for row in after["join_request"]}
    assert (approved[11], approved[16], approved[17]) == ("811", None, "817")
    seen_to = [row["subject"] for row in after["job"] if row["kind"] == "whose"]
    assert seen_to == ["join:1", "join:13", "join:14"]


def test_of_two_who_have_shown_one_account_neither_is_believed(database: str) -> None:
    """Each has to show it again; whoever is second then is decided about."""
    also(database, "person", person(11, "811"), person(12, "811"))
    also(database, "join_request", request(11, "811", "joined", **VERIFIED))
    schema.migrate(database)
    after = contents(database)
    assert [row["coze_uid"] for row in after["person"] if row["user_id"] in ("U11", "U12")] == [None, None]
    assert [row["grade"] for row in after["join_request"] if row["id"] == 11] == ["invited"]


def test_a_claim_to_what_somebody_else_has_shown_is_seen_to(database: str) -> None:
    """Also one that was called verified, and one that has not joined yet."""
    also(database, "person", person(11, "812"), person(13, "814"))
    also(
        database,
        "join_request",
        request(12, "812", "joined", "verified", **VERIFIED),
        request(14, "814", "pending"),
        request(15, "814", "declined"),
    )
    schema.migrate(database)
    after = contents(database)
    assert [row["grade"] for row in after["join_request"] if row["id"] in (12, 14)] == ["invited", "typed"]
    assert [row["subject"] for row in after["job"] if row["kind"] == "whose"] == ["join:1", "join:12", "join:14"]


def test_back_a_request_without_an_account_is_closed(database: str) -> None:
    """The version before would invite nobody for it."""
    schema.migrate(database)
    empty = {**contents(database)["join_request"][0], "id": 21, "user_id": "U21", "coze_uid": "", "state": "pending"}
    also(database, "join_request", empty, {**empty, "id": 22, "user_id": "U22"})
    schema.migrate(database, REVISION)
    assert [row["state"] for row in contents(database)["join_request"] if row["id"] in (21, 22)] == ["closed"] * 2
