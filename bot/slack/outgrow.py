"""The ways that need no renewal, in Slack: on the receipt of a token that was replaced often, and by its menu."""

from bot.core.credential import Credential
from bot.services.agent_list import AgentLists
from bot.services.credential import Credentials
from bot.services.overview import Overview
from bot.slack.router import Ack, Caller, Ephemeral, Owner, Press, Result, Router
from bot.slack.views import outgrow as views
from bot.slack.views.outgrow import Ways
from bot.texts.guide import GuideTexts


class OutgrowHandlers:
    """What people see and press about them."""

    def __init__(
        self, credentials: Credentials, overview: Overview, agent_lists: AgentLists, texts: GuideTexts
    ) -> None:
        self._credentials, self._overview, self._agent_lists = credentials, overview, agent_lists
        self._texts = texts

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("remind.ways", self.show, owner=Owner.OWN)
        router.press("remind.keep", self.keep, owner=Owner.OWN)

    async def show(self, press: Press, caller: Caller) -> Result:
        """The token's menu: what there is, whoever has declined it before."""
        credential = await self._credentials.load(caller.person, press.row)
        return Ephemeral(views.card(await self._ways(credential), credential, caller.locale))

    async def keep(self, press: Press, caller: Caller) -> Result:
        """They go on replacing it; the receipt asks no more."""
        await self._credentials.stay(caller.person, press.row)
        return Ack()

    async def offered(self, credential: Credential) -> Ways | None:
        """What the receipt of this token shows of it; None where it has nothing to ask."""
        return await self._ways(credential) if await self._credentials.is_outgrown(credential) else None

    async def _ways(self, credential: Credential) -> Ways:
        who, facts = await self._overview.of(credential.user_id)
        listed = await self._agent_lists.meant(who, "") if who else []
        return Ways(
            await self._credentials.renewals(credential),
            self._texts.advised({"test": False, "others": True, "server": False}),
            self._texts.advised({"test": False, "others": False, "server": True}),
            facts.request,
            bool(listed or facts.publications),
        )
