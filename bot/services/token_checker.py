"""Token checker: looks once at a token, an assertion or an agent, and drops what it was given."""

from dataclasses import dataclass

from pydantic import SecretStr

from bot.clock import utc_now
from bot.core.assertion import AssertionReport, lint
from bot.coze.answers import Account, Agent, Workspace
from bot.coze.client import CozeClient
from bot.coze.errors import CozeError
from bot.coze.oauth import exchange

EXCHANGE = 900  # seconds that the token lives which proves an assertion; it is dropped at once


@dataclass(frozen=True)
class TokenChecked:
    """What Coze said about a token. `lists` is whether it may list agents, None where it has no space of its own."""

    account: Account
    workspaces: list[Workspace]
    lists: bool | None
    calls: int


@dataclass(frozen=True)
class AssertionChecked:
    """What the lint and, if nothing stood in the way, Coze said about an assertion."""

    report: AssertionReport
    account: Account | None


@dataclass(frozen=True)
class Refused:
    """What Coze said no to, after so many calls."""

    error: CozeError
    calls: int


class TokenChecker:
    """Every look costs the person's own calls: as few as it can be, never a second time by itself."""

    def __init__(self, coze: CozeClient) -> None:
        self._coze = coze

    async def token(self, token: SecretStr) -> TokenChecked | Refused:
        """Whose it is, what it sees, and whether it may list agents in a space of its own. Three calls at most."""
        calls = 1
        try:
            account = await self._coze.me(token)
            calls += 1
            workspaces = await self._coze.workspaces(token)
            own = next((space for space in workspaces if space.role == "owner"), None)
            if own:
                calls += 1
                await self._coze.bots_page(token, own.id, size=1)
        except CozeError as error:
            return Refused(error, calls)
        return TokenChecked(account, workspaces, True if own else None, calls)

    async def account(self, token: SecretStr) -> Account | Refused:
        """Whose it is. One call."""
        try:
            return await self._coze.me(token)
        except CozeError as error:
            return Refused(error, 1)

    async def agent(self, token: SecretStr, agent_id: str) -> Agent | Refused:
        """The agent's copy on the API channel. One call."""
        try:
            return await self._coze.bot(token, agent_id)
        except CozeError as error:
            return Refused(error, 1)

    def read(self, assertion: SecretStr, kid: str | None = None, app_id: str | None = None) -> AssertionReport:
        """What reading alone shows. No call."""
        return lint(assertion.get_secret_value(), utc_now(), self._coze.audience, kid, app_id)

    async def assertion(
        self, assertion: SecretStr, kid: str | None = None, app_id: str | None = None
    ) -> AssertionChecked | Refused:
        """Lint, then the real exchange and one look with the token it yields. Two calls.

        With findings to fix there is no exchange, since the assertion would be spent.
        """
        report = self.read(assertion, kid, app_id)
        if not report.ok:
            return AssertionChecked(report, None)
        calls = 1
        try:
            token = await exchange(self._coze, SecretStr(assertion.get_secret_value().strip()), EXCHANGE)
            calls += 1
            return AssertionChecked(report, await self._coze.me(token.value))
        except CozeError as error:
            return Refused(error, calls)
