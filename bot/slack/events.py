"""Events: what people write to the bot, and what Slack says about people and about the bot itself."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any

from bot.core.errors import Unreachable
from bot.core.people import Person
from bot.logs import has_secret
from bot.services.people import People
from bot.slack.people import Directory
from bot.slack.send import Sender
from bot.slack.table import Accept, Open, Reply, Say
from bot.slack.views import answers
from bot.texts import Reader

log = logging.getLogger(__name__)

After = Callable[[], Coroutine[Any, Any, None]]
RunText = Callable[[Person, str, str], Awaitable[Reply]]
Json = dict[str, Any]


class Events:
    """What follows an event, after it was acknowledged and remembered."""

    def __init__(self, people: People, directory: Directory, sender: Sender, bot_user: str) -> None:
        self._people, self._directory, self._sender, self._bot_user = people, directory, sender, bot_user

    def handler(self, event: Json, run: RunText) -> After | None:
        """The coroutine for this event, or None for what needs nothing."""
        match event.get("type"):
            case "message" if event.get("channel_type") == "im" and _typed(event):
                return lambda: self._written(event, run)
            case "app_mention" if _typed(event):
                return lambda: self._written({**event, "text": "help"}, run)
            case "user_change" | "team_join" if _person(event):
                return lambda: self._changed(event["user"])
            case "tokens_revoked" | "app_uninstalled":
                log.critical("Slack has taken the bot's rights away: %s", event["type"])
            case "member_left_channel" if event.get("user") == self._bot_user:
                log.error("the bot was removed from channel %s", event.get("channel"))
        return None

    async def _written(self, event: Json, run: RunText) -> None:
        """The same words as after `/sharge`, in a DM; a mention anywhere is answered there too."""
        try:
            who = await self._people.known(event["user"]) or await self._people.refresh(event["user"])
        except Unreachable:
            log.warning("message not answered: Slack can't be asked who wrote it")
            return
        reader = Reader(who.language(self._people.default), who.tz)
        text = str(event.get("text", ""))
        if has_secret(text):  # something secret: say so, and never repeat it
            card = answers.leak(reader)
        else:
            reply = await run(who, text, "")
            match reply:
                case Say():
                    card = reply.card
                case Open():
                    card = answers.open_form(reply.view["callback_id"], reader)
                case Accept(then) if then and (told := await then()):
                    card = told
                case _:
                    return
        await self._sender.tell(who.user_id, card)

    async def _changed(self, user: Json) -> None:
        person = await self._directory.read(user)
        known = await self._people.known(person.user_id)
        if known and not person.locale:  # the event need not tell it
            person = replace(person, locale=known.locale)
        await self._people.remember(person)


def _person(event: Json) -> bool:
    user = event.get("user")
    return isinstance(user, dict) and isinstance(user.get("id"), str) and not user.get("is_bot")


def _typed(event: Json) -> bool:
    return not event.get("bot_id") and not event.get("subtype") and bool(event.get("user"))
