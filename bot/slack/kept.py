"""What is kept and doesn't work any more: a sign-in that has ended, and a key that Coze refuses. A token's reminders
tell of the token."""

from bot.clock import Clock
from bot.core.remind import USUAL, held, quiet_of
from bot.services.kept_sign_in import SIGNED_OUT
from bot.services.kept_watch import KeptWatch
from bot.services.people import People
from bot.slack.router import Drawing, Router
from bot.slack.views import secret_store as views
from bot.slack.views import sign_in as sign_in_views
from bot.store import audit
from bot.store.database import Database
from bot.store.message import Message
from bot.texts.locale import Locale


class KeptHandlers:
    """Draws both. Neither rings in the quiet hours of whose it is."""

    def __init__(self, db: Database, clock: Clock, people: People, watch: KeptWatch) -> None:
        self._db, self._clock, self._people, self._watch = db, clock, people, watch

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.renderer("secret", self.draw)

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The message, or what became of it."""
        who, now = await self._people.known(copy.recipient), self._clock.now()
        not_before = held(now, None, locale.tz, quiet_of(who.quiet) if who else USUAL)
        if copy.kind == SIGNED_OUT:
            async with self._db.read() as conn:
                ended = (await audit.latest(conn, copy.team_id, copy.subject)).detail
            card, is_open = sign_in_views.signed_out(str(ended.get("why", "")), locale), False
        else:
            key = await self._watch.refused_key(copy.team_id, copy.subject.partition(":")[2])
            card, is_open = views.refused(key.kept, key.at, locale), bool(key.kept and key.at)
        return Drawing(card, is_open, not_before=not_before)
