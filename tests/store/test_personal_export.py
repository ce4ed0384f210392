"""What is handed over of a person's data is all of it, but for secrets."""

from datetime import timedelta

from sqlalchemy import insert

from bot.clock import utc_now
from bot.core.secret_store import Kind, StoredSecret
from bot.store import secret_store
from bot.store.database import Database
from bot.store.personal_data import ELSEWHERE, THEIRS
from bot.store.personal_export import _NAMED, _OWN, WITHHELD, exported
from bot.store.tables import audit, metadata, request

NAMES_SOMEBODY = {"user_id", "recipient", "lister", "assignee", "named", "holder", "claimant"}
SEALED = "k1:cAnArY7s"


def test_each_column_that_names_a_person_is_handed_over() -> None:
    """A new one is either another's, or handed over too."""
    covered = {(table.name, "user_id") for table, _ in THEIRS} | {
        (table.name, column) for table, column in (*_OWN, *_NAMED)
    }
    covered |= {("audit", "actor")}
    named = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.c
        if column.name in NAMES_SOMEBODY or column.name.endswith("_by") or column.name == "actor"
    }
    assert named - covered == {("credential", "superseded_by"), ("sign_in", "answer_by")}, "a row's number and a time"
    assert {name for name, columns in WITHHELD.items() if columns <= set(metadata.tables[name].c.keys())} == set(
        WITHHELD
    )
    assert len(ELSEWHERE) <= len(_NAMED)


async def test_secrets_stay_and_another_team_is_another(db: Database) -> None:
    now = utc_now()
    what = ("publish", Kind.TOKEN, "mei", "7530", None, None, None, "k1")
    async with db.write() as tx:
        await secret_store.keep(
            tx, StoredSecret("id-1", "T1", "U0MEI", *what, now, now + timedelta(days=1), None), SEALED
        )
        await tx.conn.execute(
            insert(audit).values(team_id="T1", at=now, actor="U0MEI", action="secret.keep", subject="secret:id-1")
        )
        asked = {
            "user_id": "U0TOM",
            "name": "Tom",
            "coze_uid": "7",
            "nick": "tom",
            "purpose": "guide",
            "grade": "typed",
        }
        await tx.conn.execute(
            insert(request).values(
                team_id="T1",
                state="approved",
                created_at=now,
                version=1,
                earlier=0,
                by_hand=False,
                decided_by="U0MEI",
                **asked,
            )
        )
    async with db.read() as conn:
        found = await exported(conn, "T1", "U0MEI")
        assert await exported(conn, "T2", "U0MEI") == {}
        assert await exported(conn, "T1", "U0NOBODY") == {}
    assert found.keys() == {"secret", "named_in", "audit"}
    assert "value" not in found["secret"][0]
    assert (found["secret"][0]["account"], found["secret"][0]["kept_at"]) == ("mei", now.isoformat())
    assert SEALED not in str(found)
    assert [(each["table"], each["as"]) for each in found["named_in"]] == [("join_request", "decided_by")]
    assert "U0TOM" not in str(found), "the other's own row is theirs"
    assert [each["action"] for each in found["audit"]] == ["secret.keep"]
