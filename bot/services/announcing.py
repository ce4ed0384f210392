"""Announcing: an agent that has gone online is told of in a channel, where its author wished so."""

from datetime import datetime

from bot.core.publish import Publication
from bot.store import message
from bot.store import publish as store
from bot.store.database import Tx

ANNOUNCEMENT = "announcement"
"""The kind of the post, one for each publication."""


async def announce(tx: Tx, publication: Publication, channel: str, now: datetime) -> None:
    """Post it, in the transaction in which Coze's word brings it online. Nothing without a wish, or a `channel`."""
    if channel and publication.announces and not publication.is_api_only:
        subject = store.subject(publication.id)
        await message.show(tx, publication.team_id, subject, channel, ANNOUNCEMENT, now, planned=True)
