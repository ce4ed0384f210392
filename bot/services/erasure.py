"""Erasure: what people had us keep gives way to something newer or is deleted, and that is written down."""

from datetime import datetime

from bot.clock import Clock
from bot.core.credential import Credential
from bot.core.secret_store import LinkState, OneTimeLink, StoredSecret, ends, next_look
from bot.core.sign_in import OPEN, SignInState
from bot.store import audit, job, message
from bot.store import secret_store as store
from bot.store import sign_in as sign_ins
from bot.store.database import Tx


async def drop(tx: Tx, kept: StoredSecret, clock: Clock, by: str | None, why: str) -> None:
    """Delete what is kept, and write down that and why: asked, replaced, left, uninstalled, end, signed_out."""
    if await store.forget(tx, kept.id):
        tx.erased.add((kept.team_id, kept.user_id))
        subject = store.secret_subject(kept.id)
        await audit.note(tx, kept.team_id, clock.now(), by, "secret.forget", subject, why=why)
        for kind in ("forget", "renew", "look"):
            await job.cancel_all(tx, kept.team_id, kind, subject, exact=True)
        await message.redraw(tx, kept.team_id, subject, clock.now())


async def keep(tx: Tx, kept: StoredSecret, sealed: str, clock: Clock, tz: str = "") -> None:
    """Keep it until its end, and write that down; from the next day of the zone `tz` on Coze is asked about it, where
    its owner has agreed to that.
    """
    for old in await store.listed(tx.conn, kept.team_id, kept.user_id):
        await drop(tx, old, clock, kept.user_id, "replaced")
    await store.keep(tx, kept, sealed)
    subject = store.secret_subject(kept.id)
    detail = {"kind": kept.kind.value, "key_id": kept.key_id}
    await audit.note(tx, kept.team_id, kept.kept_at, kept.user_id, "secret.keep", subject, **detail)
    await job.enqueue(tx, kept.team_id, "forget", subject, kept.ends_at, job.WHENEVER)
    if tz:
        await job.enqueue(tx, kept.team_id, "look", subject, next_look(kept.kept_at, tz), job.WHENEVER)


async def carry(tx: Tx, kept: StoredSecret, credential: Credential, clock: Clock) -> None:
    """The same token was entered anew, as something was wrong: what is kept of it stays, until its right end."""
    ends_at = ends(kept.kind, credential.ends_at, clock.now())
    await store.carry(tx, kept.id, credential.id, ends_at)
    tx.erased.add((kept.team_id, kept.user_id))  # what is known of it in memory is read again
    await job.enqueue(tx, kept.team_id, "forget", store.secret_subject(kept.id), ends_at, job.WHENEVER)
    await message.redraw(tx, kept.team_id, store.secret_subject(kept.id), clock.now())


async def drop_all(tx: Tx, team_id: str, user_id: str | None, clock: Clock) -> None:
    """Delete all that is kept for somebody who has left, for None everybody's; no page of theirs takes anything more,
    and no sign-in brings anything. In the transaction that says so.
    """
    for kept in await store.listed(tx.conn, team_id, user_id):
        await drop(tx, kept, clock, None, "left" if user_id else "uninstalled")
    for link in await store.open_links(tx.conn, team_id, user_id):
        await close(tx, link, LinkState.CANCELLED, clock.now())
    for sign_in in await sign_ins.unfinished(tx.conn, team_id, user_id):
        state = SignInState.CANCELLED if sign_in.state in OPEN else sign_in.state
        await sign_ins.move(tx, sign_in, state=state, secret=None, may_keep=False)
        await message.redraw(tx, team_id, sign_ins.subject(sign_in.id), clock.now())


async def close(tx: Tx, link: OneTimeLink, state: LinkState, now: datetime, **values: object) -> bool:
    """Change a page's link and redraw its card. False if somebody was faster."""
    moved = await store.move_link(tx, link, state, **values)
    if moved:
        await message.redraw(tx, link.team_id, store.subject(link.id), now)
    return moved
