"""Trial: what a guide's step tries out with a secret that is at hand for this one time. Nothing of it is kept."""

from bot.clock import Clock
from bot.core.agent import Address, Draft
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

    async def assertion(self, guide: Guide, assertion: Secret) -> Result:
        """Read it, then exchange it. Two calls, none where something has to be mended first."""
        found = await self._doctor.assertion(assertion, guide.value("kid") or None, guide.value("app_id") or None)
        if isinstance(found, Refused):
            return self._failed(guide, found)
        if found.account is None:
            findings = [[each.key, each.level, dict(each.detail)] for each in found.report.findings]
            return Failed(Failure(guide.step, LINT, self._clock.now(), {"findings": findings}))
        return Passed(VERIFIED, {"account": Fact(found.account.nickname or found.account.name, VERIFIED)})

    async def create(self, guide: Guide, draft: Draft, token: Secret | None) -> Address | Failed:
        """Make the agent: with a token in the person's own space, without one in ShargeAI. Two calls at most."""
        calls = 1
        try:
            if token is None:
                return await self._create_ours(draft)
            spaces = await self._coze.workspaces(token)
            own = next((space for space in spaces if space.role == "owner"), None)
            if own is None:
                raise NotFound("no workspace of one's own")
            calls += 1
            parts = (draft.name, draft.description, draft.persona, draft.opening, draft.questions)
            return Address(await self._coze.create_bot(token, own.id, *parts), own.id, draft.name)
        except CozeError as error:
            return self._failed(guide, Refused(error, calls))

    async def _create_ours(self, draft: Draft) -> Address:
        if self._operator is None:
            raise NotFound("no credential of the workspace")
        return Address(await self._operator.create(draft), self._operator.workspace_id, draft.name)

    def _failed(self, guide: Guide, refused: Refused) -> Failed:
        found = failure(guide.step, refused.error, refused.calls, self._clock.now())
        date = {"date": guide.value("ends")[:10]} if guide.value("ends") else {}
        return Failed(Failure(found.step, found.error, found.at, {**found.values, **date}, found.calls))
