"""The script as a file in somebody's DM: on a phone it is saved by a press, and shown with its colours."""

import logging
from functools import partial

from bot.clock import Clock
from bot.core import guide as rules
from bot.core.errors import SlackRefused, Unreachable
from bot.services.guide.guides import Guides
from bot.services.guide.script_file import ScriptFiles
from bot.services.job_runner import Backoff, Done, Outcome
from bot.slack.files import Files
from bot.slack.router import Ack, Caller, Owner, Press, Result, Router
from bot.slack.views.guide import scripts
from bot.slack.views.guide.view import Sheet
from bot.slack.views.parts import Card
from bot.store.job import Job
from bot.texts.scripts import file_name

log = logging.getLogger(__name__)


class ScriptFileHandlers:
    """Sends it, and deletes the one before. `host` is Coze's API as an assertion names it."""

    def __init__(self, clock: Clock, guides: Guides, kept: ScriptFiles, files: Files, host: str) -> None:
        self._clock, self._guides, self._kept, self._files, self._host = clock, guides, kept, files, host

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("guide.file", self.send, owner=Owner.OWN)

    async def send(self, press: Press, caller: Caller) -> Result:
        """`17:b5 sign_python`: the script goes out after the ack; the guide's card then lies further up."""
        value, _, which = press.value.partition(" ")
        purpose, language = scripts.read(which)
        guide_id, _ = rules.pressed(value)
        guide = await self._guides.bury(caller.person, guide_id)
        sheet = Sheet(caller.locale, guide, value, self._clock.now(), host=self._host)
        text = scripts.text_of(sheet, language, purpose)
        return Ack(partial(self._sent, caller, guide_id, file_name(language, purpose), text))

    async def _sent(self, caller: Caller, guide_id: int, name: str, text: str) -> Card | None:
        """Nothing more is said once it is there. Where Slack does not take it, the text in the chat is left."""
        try:
            file_id = await self._files.share(caller.person.user_id, name, text)
        except SlackRefused as error:
            log.info("no script file: %s", error.code)
            return scripts.no_files(name, caller.locale)
        except (Unreachable, Backoff):
            return scripts.not_now(name, caller.locale)
        await self._kept.keep(caller.person, guide_id, file_id)
        return None

    async def unfile(self, row: Job) -> Outcome:
        """Job: delete a file of ours. Whatever Slack says of it, it is not ours to show any more."""
        try:
            await self._files.delete(row.subject)
        except SlackRefused as error:
            if error.code not in ("file_not_found", "file_deleted"):
                log.warning("a file stays: %s", error.code)
        return Done()
