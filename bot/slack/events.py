"""Events: what people write to the bot, and what Slack says about people and about the bot itself."""

import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from bot.clock import real
from bot.core.errors import Unreachable
from bot.core.people import Person
from bot.logs import SecretKind, secret_kind
from bot.services.greeting import Greeting
from bot.services.people import People
from bot.services.vault import Vault
from bot.slack.draw import Draw
from bot.slack.home import HomeDesk
from bot.slack.people import Directory
from bot.slack.send import Sender
from bot.slack.table import Accept, Open, Reply, Say
from bot.slack.views import answers
from bot.slack.views.leak import leak
from bot.slack.views.parts import Card
from bot.store.database import Tx
from bot.texts import Reader

log = logging.getLogger(__name__)

KEY_FILES = (".pem", ".key", ".p8")
NOWHERE = "UTC"

After = Callable[[], Coroutine[Any, Any, None]]
RunText = Callable[[Person, str, str], Awaitable[Reply]]
Json = dict[str, Any]


class Events:
    """What an event causes: facts with the ack, answers after it."""

    def __init__(
        self,
        people: People,
        directory: Directory,
        sender: Sender,
        bot_user: str,
        home: HomeDesk,
        draw: Draw,
        vault: Vault,
        greeting: Greeting,
    ) -> None:
        self._people, self._directory, self._sender, self._bot_user = people, directory, sender, bot_user
        self._home, self._draw, self._vault, self._greeting = home, draw, vault, greeting

    async def keep(self, tx: Tx, event: Json) -> None:
        """What must not be lost of an event, in the transaction that remembers it. Slack need not be there for it."""
        match event.get("type"):
            case "user_change" | "team_join" if _person(event):
                if event["type"] == "team_join":
                    await self._greeting.arrived(tx, event["user"]["id"])  # first: it greets whom nobody knows yet
                await self._people.changed(tx, self._directory.told(event["user"]))
            case "tokens_revoked" | "app_uninstalled" if _is_the_end(event):
                await self._vault.uninstalled(tx, self._people.team_id)

    def handler(self, event: Json, run: RunText) -> After | None:
        """The coroutine for the rest of what this event asks for, or None for what needs nothing."""
        match event.get("type"):
            case "message" | "app_mention" if leaked := _leaked(event):
                return lambda: self._guard(*leaked)
            case "message" if event.get("channel_type") == "im" and _typed(event):
                return lambda: self._written(event, run)
            case "app_mention" if _typed(event):
                return lambda: self._written({**event, "text": "help"}, run)
            case "user_change" | "team_join" if _person(event):
                return lambda: self._authorise(event["user"])
            case "app_home_opened" if event.get("tab") == "home" and event.get("user"):
                return lambda: self._home.opened(str(event["user"]))
            case "member_joined_channel" if event.get("user") == self._bot_user:
                return self._draw.back
            case "tokens_revoked" | "app_uninstalled":
                log.critical("Slack has taken the bot's rights away: %s", event["type"])
            case "member_left_channel" if event.get("user") == self._bot_user:
                log.error("the bot was removed from channel %s: cards for it wait", event.get("channel"))
        return None

    async def _written(self, event: Json, run: RunText) -> None:
        """The same words as after `/sharge`, in a DM; a mention anywhere is answered there too."""
        who = await self._author(event["user"])
        if who is None:
            log.warning("message not answered: Slack can't be asked who wrote it")
            return
        reader = Reader(who.language(self._people.default), who.tz)
        card: Card | None
        reply = await run(who, str(event.get("text", "")), "")
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

    async def _author(self, user_id: str) -> Person | None:
        """Who wrote, as they are this minute if Slack tells, else as they were last seen."""
        known = await self._people.known(user_id)
        if known and known.fresh(real()):
            return known
        try:
            return await self._people.refresh(user_id)
        except Unreachable:
            return known

    async def _guard(self, user_id: str, kind: SecretKind) -> None:
        """A secret was written where the bot can see it: say so at once in the DM, and never repeat it."""
        who = await self._people.known(user_id)
        language, tz = (who.language(self._people.default), who.tz) if who else (self._people.default, NOWHERE)
        await self._sender.tell(user_id, leak(kind, Reader(language, tz)))

    async def _authorise(self, user: Json) -> None:
        """Whether they are an admin has to be asked; if that is lost, it is asked again before they decide."""
        await self._people.authorise(await self._directory.read(user))


def _leaked(event: Json) -> tuple[str, SecretKind] | None:
    """Who has just written what kind of secret: typed, edited in, in a thread, or as a file."""
    said, before = event, ""
    if event.get("subtype") == "message_changed":
        said, before = event.get("message") or {}, str((event.get("previous_message") or {}).get("text") or "")
    elif event.get("subtype") not in (None, "file_share", "thread_broadcast"):
        return None
    user, text = said.get("user"), str(said.get("text") or "")
    if not isinstance(user, str) or said.get("bot_id") or (before and before == text):
        return None
    kind = secret_kind(text) or next((found for file in _files(said) if (found := _in_file(file))), None)
    return (user, kind) if kind else None


def _is_the_end(event: Json) -> bool:
    """Whether the bot's own token is gone; `tokens_revoked` may be about people's tokens alone."""
    tokens = event.get("tokens")
    return not isinstance(tokens, dict) or bool(tokens.get("bot"))


def _files(said: Json) -> list[Json]:
    files = said.get("files")
    return [file for file in files if isinstance(file, dict)] if isinstance(files, list) else []


def _in_file(file: Json) -> SecretKind | None:
    """What a file holds, by its name and by the first lines that Slack shows of it; it is never fetched."""
    if str(file.get("name") or "").lower().endswith(KEY_FILES):
        return "key"
    return secret_kind(str(file.get("preview") or ""))


def _person(event: Json) -> bool:
    user = event.get("user")
    return isinstance(user, dict) and isinstance(user.get("id"), str) and not user.get("is_bot")


def _typed(event: Json) -> bool:
    return not event.get("bot_id") and not event.get("subtype") and bool(event.get("user"))
