"""Token: its end is recorded, and if wanted it is tried."""

from pydantic import SecretStr

from bot.core.credential import Credential, Record
from bot.core.guide import Learned, LearnedFacts, Passed, Result, Shown, Step
from bot.services.guide import rows
from bot.services.guide.check import Answer, Asking, Check, Settled, StepContext
from bot.services.guide.proof import proven
from bot.services.token_checker import Refused
from bot.store.database import Tx


class Token(Check):
    """Coze tells whether a token works, but not when it ends: that is the person's word."""

    buttons = frozenset({"open", "next", "record", "try"})
    menu = frozenset({"next", "record", "try"})
    gives = frozenset({"ends"})
    presses = frozenset({"next"})
    opens = frozenset({"record", "check"})
    forms = frozenset({"record", "check"})

    def overtaken(self, at: StepContext, step: Step) -> Result | None:
        """The token was replaced outside the guide: what leads to its record is done, by the person's word."""
        token = at.rows.successor
        if token is None or str(token.id) in (at.guide.value("replaces"), at.guide.value("credential")):
            return None
        done = at.route.steps[: at.route.steps.index(step) + 1]
        return Passed(facts={**{each.id: Learned() for each in done}, **recorded(token, token.id)})

    def press(self, verb: str, at: StepContext) -> Settled:
        """It is saved, and nobody is told its end."""
        return Settled(Passed())

    async def prepare(self, verb: str, at: StepContext) -> object:
        """The token whose place a new one takes."""
        return at.rows.successor

    async def enter(self, form: str, at: StepContext, given: object) -> Answer | Asking:
        """Its name and end, to be watched from now on; or the token, to be tried."""
        if isinstance(given, SecretStr):
            return Asking(lambda: self._tried(at, given), several=True)
        if isinstance(given, Record):
            return self._recorded(at, given)
        raise at.closed()

    def _recorded(self, at: StepContext, record: Record) -> Settled:
        async def watch(tx: Tx) -> LearnedFacts:
            if at.who is None:
                raise at.closed()
            old = await rows.successor(tx.conn, at.guide)
            return recorded(record, await self.res.credentials.record_in(tx, at.who, record, old.id if old else None))

        tried = at.guide.facts.get("account", Learned()).evidence
        return Settled(Passed(tried), watch)

    async def _tried(self, at: StepContext, token: SecretStr) -> Answer:
        """Whether the token works. Three calls at most."""
        found = await self.res.checker.token(token)
        if isinstance(found, Refused):
            return Settled(at.failed(found.error, found.calls))
        facts = {
            "account": Learned.verified(found.account.nickname or found.account.name),
            "workspaces": Learned.verified(str(len(found.workspaces))),
            "lists": Learned.verified("yes" if found.lists else ""),
            "calls": Learned.verified(str(found.calls)),
        }
        return Settled(Shown(facts), proven(self.res.accounts, at, found.account))


def recorded(token: Record | Credential, credential_id: int) -> LearnedFacts:
    """What a guide knows of its token once that is watched."""
    times = {"born": Learned(token.created_at.isoformat()), "ends": Learned(token.ends_at.isoformat())}
    return {**times, "credential": Learned(str(credential_id))}


CHECK = Token
