"""Links: the address of a card that stands in Slack, for a notice that leads there."""

from bot.store import message
from bot.store.database import Database
from bot.store.message import Message


class Links:
    """Addresses of the bot's own cards. `url` is the Slack workspace's, "" where it is not known."""

    def __init__(self, db: Database, url: str) -> None:
        self._db, self._url = db, url

    async def to(self, notice: Message, subject: str = "") -> str:
        """Where the card stands that a notice tells of, or another one of the same reader's; "" where none does.

        The form is that of chat.getPermalink (docs.slack.dev/reference/methods/chat.getPermalink).
        """
        async with self._db.read() as conn:
            card = await message.card(conn, notice.team_id, subject or notice.subject, notice.recipient)
        if not self._url or card is None or not card.ts:
            return ""
        return f"{self._url}archives/{card.channel}/p{card.ts.replace('.', '')}"
