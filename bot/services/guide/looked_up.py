"""Looked up: what the agent's step and that of its publication ask Coze with the bot's own credential."""

from typing import ClassVar

from bot.core.guide import Guide, Learned, Passed, Result
from bot.coze.errors import CozeError

from .check import Check, StepContext


class LookedUp(Check):
    """The agent as the workspace's owner sees it, which costs nobody a call of theirs.

    `given` is the fact from which on it is looked up; `published`: its copy on the API channel, not its draft.
    """

    given: ClassVar[str]
    published: ClassVar[bool] = False

    def can_look(self, at: StepContext) -> bool:
        """Whether it lies where the bot can look, and the person has said which or that it is there."""
        return self.is_given(at.guide)

    def is_given(self, guide: Guide) -> bool:
        """The same."""
        return self.res.looks(guide) and bool(guide.value(self.given))

    def is_waiting(self, guide: Guide) -> bool:
        """From then on."""
        return super().is_waiting(guide) or self.is_given(guide)

    async def look(self, at: StepContext) -> Result | None:
        """One call. Raises CozeError where a later attempt may succeed, and calls are not few."""
        client = self.res.workspace_client
        if client is None or not self.is_given(at.guide):
            return None
        try:
            found = await client.agent(at.guide.value("agent_id"), published=self.published)
        except CozeError as error:
            if error.retry and not await client.looks_rarely():
                raise
            return at.failed(error, 0)
        name = Learned.verified(found.name or at.guide.value("agent"))
        return Passed.verified({"agent": name})
