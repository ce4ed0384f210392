"""A database that the version before has filled: every row is kept, forward, back and forward again."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import utc_now
from bot.slack.pipeline import _REQUEST, KIND
from bot.slack.router import Press, Submission
from bot.store import schema
from bot.store.database import Database
from bot.store.job import enqueue
from bot.store.message import show
from bot.store.migrations.versions import r0005_standard_names as names
from tests.databases import KINDS, fresh
from tests.version_before import REVISION, contents, fill, rows_before

Json = dict[str, Any]

WHOSE = "whose"  # the kind of the jobs that see to accounts in doubt
GRADED = {"uid_evidence", "grade", "approved_uid", "reopened_at", "proof_asked_at", "checked_at"}
LATER = {"note", "revoked_by", "alone_at"}


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database as the version before left it."""
    with fresh(request.param, tmp_path, fill) as url:
        yield url


def renamed(rows: list[Json], called: names.Names) -> list[Json]:
    """Rows with today's names of their columns."""
    return [{after: row[before] for before, after in called} for row in rows]


def without_request(row: Json) -> Json:
    """What a job keeps when it becomes the job of a request."""
    return {name: value for name, value in row.items() if name not in ("kind", "subject", "payload")}


def without_grade(row: Json) -> Json:
    """What a request says besides whose its account is, and what the version before did not know."""
    return {name: value for name, value in row.items() if name not in GRADED | LATER}


def posted_once(row: Json) -> Json:
    """What is known of a message of the version before; a guide's card was one of several copies there."""
    return {"revision": 1, "leaves": None, "settles_at": None, **({"kind": "card"} if row["kind"] == "c1" else {})}


def test_every_row_is_kept(database: str) -> None:
    """Once, with all that it says: jobs due, leased, dead and done, messages, deliveries and every other row."""
    before = contents(database)
    schema.migrate(database)
    after = contents(database)
    jobs = renamed(before.pop("work"), names.JOB)
    after["job"] = [row for row in after["job"] if row["kind"] != WHOSE]
    before["join_request"] = [without_grade(row) for row in before["join_request"]]
    after["join_request"] = [without_grade(row) for row in after["join_request"]]
    assert after.pop("dispute") == []
    assert {row.pop("deputy") in (False, 0) for row in after["person"]} == {True}
    assert {row.pop("may_ask") for row in after["person"]} == {""}
    assert {row.pop(name) for row in after["publication"] for name in ("note", "checks")} == {None}
    posted = renamed(before.pop("message"), names.MESSAGE)
    assert [{**row, **posted_once(row)} for row in posted] == after.pop("message")
    before["guide"] = [{name: value for name, value in row.items() if name != "copies"} for row in before["guide"]]
    assert renamed(before.pop("seen"), names.DELIVERY) == after.pop("processed_delivery")
    assert list(map(without_request, jobs)) == list(map(without_request, after["job"]))
    unchanged = [row for row in jobs if row["kind"] != "decide"]
    assert unchanged == [row for row in after.pop("job") if row["kind"] != KIND]
    assert schema.HEAD in {row["number"] for row in after.pop("schema_version")}
    new = ["refusal", "sign_in", "preflight", "coze_call", "coze_credential", "owner_credential"]
    new += ["channel_event", "review", "freeze", "freeze_pass", "agent_list", "listed_agent", "backup"]
    new += ["heartbeat", "alert", "audit_tombstone", "setting_change", "team_space", "seat_doubt"]
    assert [after.pop(table) for table in new] == [[]] * len(new), "tables of this version"
    older = [row["seq"] for row in after.pop("audit_chain") if row["name"] == "older"]
    assert older == [len(before["audit"])], "the first block of the chain"
    before["audit"] = [{**row, "seq": None, "salt": None, "hash": None} for row in before["audit"]]
    before["person"] = [{**row, "quiet": None} for row in before["person"]]
    before["credential"] = [{**row, "refused_at": None, "kind": "token"} for row in before["credential"]]
    unreviewed = {"reviewed_at": None, "reviewed_by": None, "off_by": None, "off_at": None, "off_reason": None}
    unreviewed |= {"announces": None}
    before["publication"] = [{**row, **unreviewed} for row in before["publication"]]
    assert before == after
    assert {row["state"] for row in unchanged} == {"due", "leased", "dead", "done", "cancelled"}


def test_what_waits_for_a_decision_is_a_request(database: str) -> None:
    """The press and the form are the requests that the pipeline takes up, with what stood in them."""
    schema.migrate(database)
    payloads = [row["payload"] for row in contents(database)["job"] if row["kind"] == KIND and row["payload"]]
    press, form = (_REQUEST.validate_python(payload) for payload in payloads)
    assert isinstance(press, Press)
    assert (press.action_id, press.row, press.version, press.user_id) == ("join.approve", 3, 1, "U0LIN")
    assert not press.place.only_theirs
    assert press.target.response_url.endswith("/once")
    assert isinstance(form, Submission)
    assert (form.callback_id, form.row, form.user_id) == ("join.decline", 4, "U0LIN")
    assert form.fields.text("join.reason") == "请先写清楚用途。"
    assert press.delivery.idempotency_key != form.delivery.idempotency_key


async def test_ids_go_on_behind_the_last(database: str) -> None:
    """A new job and a new message overtake none of before."""
    schema.migrate(database)
    db = Database(database)
    async with db.write() as tx:
        await show(tx, "T0PLAYGROUND", "join:9", "U0MEI", "card", utc_now())
        await enqueue(tx, "T0PLAYGROUND", "greet", "U0NEW", utc_now())
    await db.close()
    after = contents(database)
    assert len(after["message"]) == len(rows_before("message")) + 1
    seen_to = [row for row in after["job"] if row["kind"] == WHOSE]
    assert len(after["job"]) == len(rows_before("work")) + len(seen_to) + 2
    assert [row["id"] for row in after["message"]] == sorted({row["id"] for row in after["message"]})
    assert after["job"][-1]["id"] == max(row["id"] for row in rows_before("work")) + len(seen_to) + 2


def test_back_and_forward_again(database: str) -> None:
    """Back at the version before all is as it was, but for the decisions; forward again, all is as it became."""
    before = contents(database)
    schema.migrate(database)
    upgraded = contents(database)
    schema.migrate(database, REVISION)
    back = contents(database)
    decisions = {row["id"] for row in before["work"] if row["kind"] == "decide"}
    for table in (before, back):
        table["work"] = [without_request(row) if row["id"] in decisions else row for row in table["work"]]
    assert back == before
    schema.migrate(database)
    assert contents(database) == upgraded
