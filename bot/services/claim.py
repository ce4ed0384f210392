"""Claim: somebody says that they published an agent by hand, and the attempt before gives way."""

from datetime import datetime

from bot.core.people import Evidence, Person
from bot.core.publish import GIVES_WAY, UNDER_WAY, Publication, PublicationState
from bot.store import audit, job, message
from bot.store import publish as store
from bot.store.database import Tx

from .guide import carrying
from .workspace_client import PRESSED, WorkspaceClient


async def claim(
    tx: Tx, workspace_client: WorkspaceClient, who: Person, agent: tuple[str, str], now: datetime
) -> None:
    """The person says that they published the agent (id, name) by hand: its review is followed from now on."""
    newest = await store.newest(tx.conn, who.team_id, who.user_id, agent[0])
    if newest is None or newest.state not in UNDER_WAY:
        place, evidence = (workspace_client.workspace_id, workspace_client.connector_id), Evidence.CONFIRMED
        claimed = {"state": PublicationState.CLAIMED, "evidence": evidence}
        publication_id = await store.add(tx, who.team_id, who.user_id, agent, *place, now, **claimed)
        subject = store.subject(publication_id)
        await audit.note(tx, who.team_id, now, who.user_id, "publish.claim", subject, evidence=evidence.value)
        await carrying.tell(tx, await store.load(tx.conn, who.team_id, publication_id), now)
        await give_way(tx, newest, now)
    else:
        subject = store.subject(newest.id)
    await job.enqueue(tx, who.team_id, "follow", subject, now, job.SOMEBODY_WAITS, PRESSED)


async def give_way(tx: Tx, before: Publication | None, now: datetime) -> None:
    """The attempt before the one that begins is drawn as history, and whatever was left undecided before it."""
    if before is None:
        return
    for each in (before, *await store.undecided(tx.conn, before)):
        if each.state in GIVES_WAY or each.id == before.id:  # what is online loses its buttons to the next one
            await message.redraw(tx, each.team_id, store.subject(each.id), now)
