"""Events: what Slack says about people and about the bot itself."""

import logging

from bot.core.people import Person
from bot.services.people import Greeting, People
from bot.services.secret_store import SecretStore
from bot.slack.draw import Draw
from bot.slack.happenings import Happening, HomeOpened, Membership, PersonChanged, RightsTaken, SecretWritten
from bot.slack.home import HomeHandlers
from bot.slack.people import Directory
from bot.slack.replies import PostAck
from bot.slack.send import Sender
from bot.slack.views.leak import leak
from bot.store.database import Tx

log = logging.getLogger(__name__)


class Events:
    """What an event causes: facts with the ack, answers after it."""

    def __init__(
        self,
        people: People,
        directory: Directory,
        sender: Sender,
        bot_user: str,
        home: HomeHandlers,
        draw: Draw,
        secret_store: SecretStore,
        greeting: Greeting,
    ) -> None:
        self._people, self._directory, self._sender, self._bot_user = people, directory, sender, bot_user
        self._home, self._draw, self._secret_store, self._greeting = home, draw, secret_store, greeting

    async def keep(self, tx: Tx, what: Happening) -> None:
        """What must not be lost of an event, in the transaction that remembers it. Slack need not be there for it."""
        match what:
            case PersonChanged(profile, has_joined):
                if has_joined:
                    await self._greeting.arrived(tx, profile.user_id)  # first: it greets whom nobody knows yet
                await self._people.changed(tx, self._directory.told(profile))
            case RightsTaken():
                await self._secret_store.uninstalled(tx, self._people.team_id)

    def after(self, what: Happening) -> PostAck | None:
        """The coroutine for the rest of what this event asks for, or None for what needs nothing."""
        match what:
            case SecretWritten():
                return lambda: self._warn(what)
            case PersonChanged(profile):
                return lambda: self._authorise(self._directory.told(profile))
            case HomeOpened(user_id):
                return lambda: self._home.opened(user_id)
            case Membership(self._bot_user, _, True):
                return self._draw.back
            case Membership(self._bot_user, channel, False):
                log.error("the bot was removed from channel %s: cards for it wait", channel)
            case RightsTaken(event):
                log.critical("Slack has taken the bot's rights away: %s", event)
        return None

    async def _warn(self, written: SecretWritten) -> None:
        """A secret was written where the bot can see it: say so at once in the DM, and never repeat it."""
        who = await self._people.known(written.user_id) or self._people.unmet(written.user_id)
        locale = self._people.locale(who)
        await self._sender.tell(written.user_id, leak(written.secret_kind, locale))

    async def _authorise(self, person: Person) -> None:
        """Whether they are an admin has to be asked; if that is lost, it is asked again before they decide."""
        await self._people.authorise(await self._directory.authorised(person))
