"""Trial: what a guide's step tries out with a secret that is at hand for this one time. Nothing of it is kept."""

from bot.clock import Clock
from bot.core.agent import Address, Draft, Space
from bot.core.assertion import Report
from bot.core.guide import LINT, Fact, Failed, Failure, Guide, Passed, Result, Shown
from bot.core.people import Evidence
from bot.core.publish import API_CONNECTOR
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError, NotFound
from bot.coze.secret import Secret
from bot.services.doctor import Doctor, Refused
from bot.services.look import UID, failure
from bot.services.operator import Operator
from bot.services.vault import Vault

VERIFIED = Evidence.VERIFIED
OURS = "ShargeAI"  # what the team's workspace is called
CREATE = "createBot"  # the permission, as Coze spells it
NOT_OPENED = "E1"  # key of the error help


class Trial:
    """Each method answers what came of it for the step; it raises nothing that Coze says."""

    def __init__(
        self, clock: Clock, coze: CozeClient, doctor: Doctor, vault: Vault, operator: Operator | None
    ) -> None:
        self._clock, self._coze, self._doctor = clock, coze, doctor
        self._vault, self._operator = vault, operator

    @property
    def endpoint(self) -> str:
        """Where an assertion is exchanged for a token."""
        return f"{self._coze.base_url}/api/permission/oauth2/token"

    async def token(self, guide: Guide, token: Secret) -> Result:
        """Whether the token works. Three calls at most."""
        found = await self._doctor.token(token)
        if isinstance(found, Refused):
            return self._failed(guide, found)
        facts = {
            "account": Fact(found.account.nickname or found.account.name, VERIFIED),
            "workspaces": Fact(str(len(found.workspaces)), VERIFIED),
            "lists": Fact("yes" if found.lists else "", VERIFIED),
            "calls": Fact(str(found.calls), VERIFIED),
            UID: Fact(found.account.user_id, VERIFIED),
        }
        return Shown(facts)

    async def account(self, guide: Guide, token: Secret) -> str | Failed:
        """Whose token it is: the id of the account on Coze. One call."""
        try:
            return (await self._coze.me(token)).user_id
        except CozeError as error:
            return self._failed(guide, Refused(error, 1))

    async def published(self, guide: Guide, token: Secret) -> Result:
        """Whether the agent is on the API channel. One call."""
        found = await self._doctor.agent(token, guide.value("agent_id"))
        if isinstance(found, Refused):
            return self._failed(guide, found)
        return Passed(VERIFIED, {"agent": Fact(found.name or guide.value("agent"), VERIFIED)})

    async def publish(self, guide: Guide, token: Secret) -> Result:
        """Publish the agent to the API channel. One call, never repeated."""
        try:
            await self._coze.publish(token, guide.value("agent_id"), [API_CONNECTOR])
        except CozeError as error:
            return self._failed(guide, Refused(error, 1))
        return Passed(VERIFIED)

    async def publish_kept(self, guide: Guide) -> Result:
        """The same, with what the person has us keep for publishing."""
        try:
            token = await self._vault.use(guide.team_id, guide.user_id, f"guide:{guide.id}")
        except CozeError as error:
            return self._failed(guide, Refused(error, 1))
        return await self.publish(guide, token)

    def unfit(self, guide: Guide, assertion: Secret) -> Failed | None:
        """What has to be mended before it is worth a call; None where reading finds nothing."""
        report = self._doctor.read(assertion, *_app(guide))
        return None if report.ok else self._linted(guide, report)

    async def assertion(self, guide: Guide, assertion: Secret) -> Result:
        """Read it, then exchange it. Two calls, none where something has to be mended first."""
        found = await self._doctor.assertion(assertion, *_app(guide))
        if isinstance(found, Refused):
            return self._failed(guide, found)
        if found.account is None:
            return self._linted(guide, found.report)
        return Passed(VERIFIED, {"account": Fact(found.account.nickname or found.account.name, VERIFIED)})

    async def spaces(self, guide: Guide, token: Secret, only: str) -> list[Space] | Failed:
        """The workspaces that the token may have been opened to; of these, where given, `only` the one. One call."""
        try:
            listed = await self._coze.workspaces(token)
        except CozeError as error:
            return self._failed(guide, Refused(error, 1))
        found = [Space(each.id, each.name) for each in listed if each.opens and only in ("", each.id)]
        missing = Failure(guide.step, NOT_OPENED, self._clock.now(), {"key": CREATE, "space": only}, 1)
        return found or Failed(missing)

    async def create(self, guide: Guide, draft: Draft, space: Space, token: Secret) -> Address | Failed:
        """Make the agent in the workspace that was chosen. One call, never repeated."""
        parts = (draft.name, draft.description, draft.persona, draft.opening, draft.questions)
        try:
            made = await self._coze.create_bot(token, space.id, *parts)
        except CozeError as error:
            return self._failed(guide, Refused(error, 1))
        return Address(made, space.id, draft.name, space.name)

    async def create_ours(self, guide: Guide, draft: Draft) -> Address | Failed:
        """Make the agent in ShargeAI with the bot's own credential. One call, not on the person; never repeated."""
        try:
            if self._operator is None:
                raise NotFound("no credential of the workspace")
            made = await self._operator.create(draft)
        except CozeError as error:
            return self._failed(guide, Refused(error, 0))
        return Address(made, self._operator.workspace_id, draft.name, OURS)

    def _linted(self, guide: Guide, report: Report) -> Failed:
        findings = [[each.key, each.level, dict(each.detail)] for each in report.findings]
        return Failed(Failure(guide.step, LINT, self._clock.now(), {"findings": findings}))

    def _failed(self, guide: Guide, refused: Refused) -> Failed:
        found = failure(guide.step, refused.error, refused.calls, self._clock.now())
        date = {"date": guide.value("ends")[:10]} if guide.value("ends") else {}
        return Failed(Failure(found.step, found.error, found.at, {**found.values, **date}, found.calls))


def _app(guide: Guide) -> tuple[str | None, str | None]:
    """The fingerprint and the app's id that were entered."""
    return guide.value("kid") or None, guide.value("app_id") or None
