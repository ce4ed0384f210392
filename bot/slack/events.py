"""Events: what Slack says about people and about the bot itself."""

import logging
from datetime import timedelta

from bot.clock import Clock
from bot.core.people import Person
from bot.services.job_runner import Done, Outcome, on_commit
from bot.services.people import Greeting, People
from bot.services.secret_store import SecretStore
from bot.slack.draw import Draw
from bot.slack.happenings import (
    Happening,
    HomeOpened,
    Membership,
    Overheard,
    PersonChanged,
    RightsTaken,
    SecretWritten,
    ThreadReply,
)
from bot.slack.home import HomeHandlers
from bot.slack.people import Directory
from bot.slack.replies import PostAck
from bot.slack.send import Sender
from bot.slack.threads import ThreadHandlers
from bot.slack.views.leak import leak
from bot.store import job
from bot.store.database import Tx
from bot.store.job import Job

log = logging.getLogger(__name__)

AGAIN, LATER = "again", timedelta(minutes=5)


class Events:
    """What an event causes: facts with the ack, answers after it."""

    def __init__(
        self,
        clock: Clock,
        people: People,
        directory: Directory,
        sender: Sender,
        bot_user: str,
        home: HomeHandlers,
        draw: Draw,
        secret_store: SecretStore,
        greeting: Greeting,
        threads: ThreadHandlers,
    ) -> None:
        self._clock = clock
        self._people, self._directory, self._sender, self._bot_user = people, directory, sender, bot_user
        self._threads = threads
        self._home, self._draw, self._secret_store, self._greeting = home, draw, secret_store, greeting

    def lets_in(self, what: Happening) -> bool:
        """Whether anything of it is read further: of what is written in channels only replies below what the bot has
        written in the admin channel. Nothing is looked up for the rest.
        """
        match what:
            case Overheard(channel):
                self._sender.hearing.heard |= {channel} & {self._threads.channel}
                return False
            case ThreadReply(channel, _, parent):
                self._sender.hearing.heard |= {channel} & {self._threads.channel}
                return channel == self._threads.channel and parent in ("", self._bot_user)
        return True

    async def keep(self, tx: Tx, what: Happening) -> None:
        """What must not be lost of an event, in the transaction that remembers it. Slack need not be there for it."""
        match what:
            case PersonChanged(profile, has_joined):
                if has_joined:
                    await self._greeting.arrived(tx, profile.user_id)  # first: it greets whom nobody knows yet
                if self._directory.is_unsure(profile):
                    await self._people.doubted(tx, profile.user_id)
                else:
                    await self._people.changed(tx, self._directory.told(profile))
            case RightsTaken():
                await self._secret_store.uninstalled(tx, self._people.team_id)

    def after(self, what: Happening) -> PostAck | None:
        """The coroutine for the rest of what this event asks for, or None for what needs nothing."""
        match what:
            case ThreadReply():
                return lambda: self._threads.offer(what)
            case SecretWritten():
                return lambda: self._warn(what)
            case PersonChanged(profile) if self._directory.is_unsure(profile):
                return lambda: self._meet(profile.user_id)
            case PersonChanged(profile):
                return lambda: self._authorise(self._directory.told(profile))
            case HomeOpened(user_id):
                return lambda: self._home.opened(user_id)
            case Membership(self._bot_user, _, True):
                return self._draw.back
            case Membership(None | self._bot_user, channel, False):
                log.error("the bot was removed from channel %s: cards for it wait", channel)
            case RightsTaken(event):
                log.critical("Slack says that it has taken the bot's rights away: %s", event)
        return None

    async def uninstalled(self, row: Job) -> Outcome:
        """Job: what people had us keep was for acting here. Whether the bot's rights are gone is asked before it is
        deleted; the event may come a moment before that is so, hence once more a little later."""
        if not await self._sender.is_let_in():
            return await self._secret_store.forget_all(row)
        log.warning("Slack takes the bot's token as before: nothing is deleted")
        if row.subject == AGAIN:
            return Done()
        later = self._clock.now() + LATER
        return Done(on_commit(job.enqueue, row.team_id, "uninstalled", AGAIN, later))

    async def _warn(self, written: SecretWritten) -> None:
        """A secret was written where the bot can see it: say so at once in the DM, and never repeat it."""
        who = await self._people.known(written.user_id) or self._people.unmet(written.user_id)
        locale = self._people.locale(who)
        await self._sender.tell(written.user_id, leak(written.secret_kind, locale))

    async def _meet(self, user_id: str) -> None:
        """Ask who they are; if that is lost, it is asked again before they do anything."""
        await self._people.refresh(user_id)

    async def _authorise(self, person: Person) -> None:
        """Whether they are an admin has to be asked; if that is lost, it is asked again before they decide."""
        await self._people.authorise(await self._directory.authorised(person))
