"""A smoke test in Slack: an author asks their agent one question once it is online."""

from bot.core.errors import WrongState
from bot.core.limits import Costly
from bot.core.publish import NoCredential, Publication, PublicationState, read_question
from bot.coze.errors import CozeError
from bot.services.agents import Agents
from bot.services.publish import Publish
from bot.slack.router import Caller, OpenModal, Owner, Press, Result, Router, Submission, UpdateModal, View
from bot.slack.views import publish_forms as forms
from bot.slack.views import trial as views


class TrialHandlers:
    """The form and the answer. Nothing of it is kept."""

    def __init__(self, publish: Publish, agents: Agents) -> None:
        self._publish, self._agents = publish, agents

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("publish.try", self.open, owner=Owner.OWN)
        router.form("publish.try", self.ask, owner=Owner.OWN, costs=Costly.CHECK)

    async def open(self, press: Press, caller: Caller) -> Result:
        """What to ask it. Raises WrongState where it is not online."""
        return OpenModal(views.form(await self._online(press, caller), caller.locale))

    async def ask(self, form: Submission, caller: Caller) -> Result:
        """It is asked after the ack. Raises InvalidFields, WrongState."""
        question, publication = read_question(views.read(form.fields)), await self._online(form, caller)

        async def asked() -> View:
            return await self._asked(publication, question, caller)

        return UpdateModal(views.asking(publication, caller.locale), asked)

    async def _asked(self, publication: Publication, question: str, caller: Caller) -> View:
        try:
            client = await self._agents.client(publication.team_id, publication.user_id)
            answer = await client.ask(publication.agent_id, question)
        except NoCredential:
            return forms.cannot("no_credential", caller.locale)
        except CozeError as error:
            return views.silent(publication, caller.locale, error)
        return views.answered(publication, caller.locale, question, answer)

    async def _online(self, asked: Press | Submission, caller: Caller) -> Publication:
        publication = await self._publish.load(caller.person, asked.row)
        if publication.state is not PublicationState.ONLINE:
            raise WrongState(publication.state)
        return publication
