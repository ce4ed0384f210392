"""Threads: what an admin writes below a card of the bot is offered to whom the card is about, and sent by a press."""

import re

from bot.clock import Clock, utc_now
from bot.core.errors import BotError, NotFound, SlackRefused, Unreachable
from bot.core.join import check_decision
from bot.core.leak import secret_kind
from bot.core.people import Person
from bot.services.join.requests import Join
from bot.services.people import People
from bot.services.talk import Matter, Talk
from bot.slack.happenings import ThreadReply
from bot.slack.router import Access, Caller, OpenModal, Owner, Press, ReplaceMessage, Result, Router, row_in
from bot.slack.send import Sender
from bot.slack.views import talk as views
from bot.slack.views.join.forms import question_form
from bot.slack.views.leak import leak

_CARRIED = re.compile(r"((?:join|report):[0-9]{1,18}) ([0-9.]{1,30})(?: (.*))?", re.DOTALL)


class ThreadHandlers:
    """What admins are offered below cards in `channel`, the admins' own, and what they press there."""

    def __init__(self, clock: Clock, people: People, sender: Sender, talk: Talk, join: Join, channel: str) -> None:
        self._clock, self._people, self._sender = clock, people, sender
        self._talk, self._join, self.channel = talk, join, channel

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("thread.tell", self.tell, access=Access.ADMIN, owner=Owner.ANY)
        router.press("thread.question", self.open_question, access=Access.ADMIN, owner=Owner.ANY)
        router.press("thread.leave", self.leave, access=Access.ADMIN, owner=Owner.ANY)

    async def offer(self, reply: ThreadReply) -> None:
        """Ask an admin, and them alone, whether the person shall read it. Nothing of it is kept."""
        by = await self._known(reply.user_id)
        matter = await self._talk.matter(by.team_id, reply.channel, reply.thread)
        if matter is None or not reply.text or not by.may_decide() or matter.user_id == by.user_id:
            return
        locale = self._people.locale(by)
        if kind := secret_kind(reply.text):
            await self._sender.tell(by.user_id, leak(kind, locale))
            return
        carried = f"{matter.subject} {reply.ts} {reply.text}"
        may_ask = await self._may_ask(by, matter)
        card = views.offer(await self._name(matter.user_id), reply.text, carried, locale, may_ask=may_ask)
        try:
            await self._sender.whisper(reply.channel, by.user_id, card, reply.thread)
        except (SlackRefused, Unreachable):  # what is lost here can be written again
            await self._sender.tell(by.user_id, card)

    async def _known(self, user_id: str) -> Person:
        known = await self._people.known(user_id)
        return known if known and known.fresh(utc_now()) else await self._people.refresh(user_id)

    async def _name(self, user_id: str) -> str:
        person = await self._people.known(user_id)
        return person.name if person else user_id

    async def _may_ask(self, by: Person, matter: Matter) -> bool:
        """Whether it can be sent as a question that the request waits for."""
        if not matter.subject.startswith("join:"):
            return False
        try:
            check_decision(await self._join.load(by.team_id, row_in(matter.subject)), by)
        except BotError:  # decided meanwhile, or closed
            return False
        return True

    async def tell(self, press: Press, caller: Caller) -> Result:
        """It goes to the person."""
        subject, ts, words = _carried(press.value)
        await self._talk.tell(caller.person, subject, ts, words)
        who = await self._talk.owner(caller.person.team_id, subject)
        return ReplaceMessage(views.told(who, self._clock.now(), caller.locale))

    async def open_question(self, press: Press, caller: Caller) -> Result:
        """The form for a question, with these words in it."""
        subject, _, words = _carried(press.value)
        request = await self._join.load(caller.person.team_id, row_in(subject))
        check_decision(request, caller.person)
        return OpenModal(question_form(request, caller.locale, words))

    async def leave(self, press: Press, caller: Caller) -> Result:
        """The admins are among themselves below this card."""
        subject, _, _ = _carried(press.value)
        await self._talk.leave(caller.person, subject)
        return ReplaceMessage(views.left(caller.locale))


def _carried(value: str) -> tuple[str, str, str]:
    """The matter that a button names, where the words stand in the thread, and the words. Raises NotFound."""
    found = _CARRIED.fullmatch(value)
    if found is None:
        raise NotFound
    return found[1], found[2], found[3] or ""
