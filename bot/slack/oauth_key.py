"""OAuth keys in Slack: the reminder to change one, from the end of a guide on."""

from slack_sdk.models.blocks import Block

from bot.clock import Clock
from bot.core.errors import InvalidFields, NotFound
from bot.core.remind import ENDED
from bot.services.credential import Credentials
from bot.services.guide.guides import Guides
from bot.services.oauth_key import OauthKeys
from bot.slack.router import (
    Ack,
    Caller,
    Drawing,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    Result,
    Router,
    Submission,
    row_in,
)
from bot.slack.views import oauth_key as views
from bot.slack.views import parts
from bot.slack.views.credential import off
from bot.store import message
from bot.store.credential import id_in
from bot.store.database import Database
from bot.store.message import Message
from bot.texts.guide import GuideTexts
from bot.texts.locale import Locale


class OauthKeyHandlers:
    """What people see and press about the keys of their OAuth apps."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        keys: OauthKeys,
        credentials: Credentials,
        guides: Guides,
        texts: GuideTexts,
    ) -> None:
        self._db, self._clock, self._keys, self._credentials = db, clock, keys, credentials
        self._guides, self._texts = guides, texts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("key.watch", self.watch, owner=Owner.OWN)
        router.press("key.changed", self.changed, owner=Owner.OWN)
        router.press("key.more", self.more, owner=Owner.OWN)
        router.form("key.set", self.set, owner=Owner.OWN)

    async def watch(self, press: Press, caller: Caller) -> Result:
        """The end of a guide: remind of the key that it has set up. Raises NotFound, NotYours."""
        guide = await self._guides.load(caller.person, press.row)
        route = self._texts.routes.get(guide.route)
        if route is None or not route.rotates:
            raise NotFound
        name = views.name_of(guide.value("kid"), caller.locale)
        try:
            await self._keys.watch(caller.person, name, route.rotates)
        except InvalidFields:  # pressed before, maybe at the end of another guide
            return Ephemeral(views.known(await self._keys.listed(caller.person), caller.locale))
        return Ack()

    async def rows(self, caller: Caller) -> list[Block]:
        """All that are watched, in a list."""
        return views.rows(await self._keys.listed(caller.person), caller.locale)

    async def changed(self, press: Press, caller: Caller) -> Result:
        """There is a new key in its place. Raises NotFound, NotYours, WrongState."""
        await self._keys.changed(caller.person, press.row)
        return Ack()

    async def more(self, press: Press, caller: Caller) -> Result:
        """The menu of a key: `changed:<id>`, `set:<id>`, `off:<id>`. Raises NotFound, NotYours, WrongState."""
        verb, _, rest = press.value.partition(":")
        key = await self._keys.load(caller.person, row_in(rest))
        if verb == "set":
            return OpenModal(views.form(key, caller.locale))
        if verb == "changed":
            await self._keys.changed(caller.person, key.id)
            return Ack()
        if verb != "off":
            raise NotFound
        await self._credentials.forget(caller.person, key.id)
        return Ack() if press.at_home else Ephemeral(off(key, caller.locale))

    async def set(self, form: Submission, caller: Caller) -> Result:
        """The form was sent: another name, or another day."""
        name, day = form.fields.text("credential.name"), form.fields.text("credential.until")
        await self._keys.set(caller.person, form.row, name, day or None)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The receipt."""
        now = self._clock.now()
        key, quiet = await self._credentials.with_quiet_hours(copy.team_id, id_in(copy.subject))
        async with self._db.read() as conn:
            told = await message.last_told(conn, copy.team_id, copy.recipient, [copy.subject])
        ladder = self._credentials.rungs(key, locale.tz, quiet)
        before = [rung for rung in ladder if rung.due_at > now and rung.key != ENDED]
        card = views.recorded(key, before, locale, await self._credentials.successor(key))
        return Drawing(parts.quiet(card) if told else card, views.is_open(key))
