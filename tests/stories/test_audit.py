"""The audit: an admin decides, a person has their data deleted, and nobody has changed a line since."""

import json

from sqlalchemy import update

from bot.services.audit_chain import Report, verify
from bot.store.database import Database
from bot.store.tables import audit
from tests.stories.story import Story, told
from tests.stories.test_delete_data import deletes, dump


async def sealed(story: Story, db: Database) -> Report:
    """What a walk along the chain finds once a worker has sealed all that was written."""
    found: list[Report] = []

    async def is_sealed() -> bool:
        found.append(await verify(db, lambda _done, _of: None))
        return not found[-1].unsealed

    await story.waits(is_sealed, "every line has its link")
    return found[-1]


async def test_it_holds_when_somebody_has_gone(database: str) -> None:
    """What was decided stays, without who it was about, and the chain is whole; a word put in breaks it."""
    async with told(database) as story:
        db, mei, lin = Database(database), *(story.world.workspace.person(who).id for who in ("mei", "lin"))
        await story.is_let_in("mei")
        before = await sealed(story, db)
        assert (before.wrong, before.tombstones) == (None, 0)
        await deletes(story)
        await story.settles()
        after = await sealed(story, db)
        assert after.wrong is None
        assert after.tombstones > 0
        assert after.count > before.count
        lines = [json.loads(row) for row in dump(database)["audit"]]
        assert [each["actor"] for each in lines if each["action"] == "join.approved"] == [lin]
        assert not [each for each in lines if mei in json.dumps(each)]
        anchored = await verify(db, lambda _done, _of: None, before.head.hash)
        assert anchored.wrong is None, "what stood in the log of the day before still stands in the chain"
        async with db.write() as tx:
            changed = update(audit).where(audit.c.action == "join.approved")
            await tx.conn.execute(changed.values(actor=mei))
        broken = await verify(db, lambda _done, _of: None)
        await db.close()
        assert broken.wrong is not None
        assert broken.wrong.audit_id == next(each["id"] for each in lines if each["action"] == "join.approved")
