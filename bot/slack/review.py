"""The review desk in Slack: what the channel's admins see and press, and what an author is asked."""

from slack_sdk.models.blocks import Block

from bot.clock import Clock
from bot.core import review as rules
from bot.core.errors import InvalidFields, NotFound, Problem
from bot.core.review import Review
from bot.services.admins import Admin, Admins
from bot.services.people import People
from bot.services.review import Reviews
from bot.slack.links import Links
from bot.slack.router import (
    Access,
    Ack,
    Caller,
    Drawing,
    Ephemeral,
    OpenModal,
    Owner,
    Press,
    Result,
    Router,
    Submission,
)
from bot.slack.views import review as views
from bot.slack.views import review_forms as forms
from bot.slack.views.parts import Card
from bot.store import message
from bot.store.message import Message
from bot.texts.locale import Locale


class ReviewHandlers:
    """What is seen and pressed. `reviews` is None where nobody has set up the desk: then nothing leads here.

    `workspace_id` is that of the ShargeAI workspace on Coze.
    """

    def __init__(
        self, clock: Clock, people: People, admins: Admins, reviews: Reviews | None, links: Links, workspace_id: str
    ) -> None:
        self._clock, self._people, self._admins, self._links = clock, people, admins, links
        self._desk, self._workspace_id = reviews, workspace_id

    def register(self, router: Router) -> None:
        """Put everything into the router."""
        router.press("review.show", self.show, access=Access.ADMIN, owner=Owner.ANY)
        router.press("review.approve", self.approve, access=Access.ADMIN, owner=Owner.ANY)
        router.press("review.reject", self.open_reject, access=Access.ADMIN, owner=Owner.ANY)
        router.form("review.reject", self.reject, access=Access.ADMIN, owner=Owner.ANY, precheck=_reason)
        router.press("review.ask", self.open_ask, access=Access.ADMIN, owner=Owner.ANY)
        router.form("review.ask", self.ask, access=Access.ADMIN, owner=Owner.ANY, precheck=_question)
        router.press("review.answer", self.open_answer, owner=Owner.OWN)
        router.form("review.answer", self.answer, owner=Owner.OWN)
        router.press("review.more", self.more, access=Access.ADMIN, owner=Owner.ANY)
        router.form("review.assign", self.assign, access=Access.ADMIN, owner=Owner.ANY, named="review.assignee")
        router.press("review.send_again", self.send_again, access=Access.ADMIN, owner=Owner.ANY)
        router.renderer("review", self.draw)

    @property
    def _reviews(self) -> Reviews:
        if self._desk is None:
            raise NotFound
        return self._desk

    async def at_home(self, locale: Locale) -> list[Block]:
        """What stands on the Home of admins."""
        if self._desk is None:
            return []
        waiting = await self._desk.waiting(views.AT_HOME + 1)
        return views.at_home(waiting, locale, self._clock.now(), [self._desk.agreed(each) for each in waiting])

    async def show(self, press: Press, caller: Caller) -> Result:
        """The card, for this person alone."""
        return Ephemeral(await self._card(await self._load(press, caller), caller.locale))

    async def approve(self, press: Press, caller: Caller) -> Result:
        """An admin lets it through."""
        await self._reviews.approve(caller.person, press.row)
        return Ack()

    async def open_reject(self, press: Press, caller: Caller) -> Result:
        """The form for the reason."""
        review = await self._decidable(press, caller)
        return OpenModal(forms.reject_form(review, caller.locale, await self._author(review)))

    async def reject(self, form: Submission, caller: Caller) -> Result:
        """An admin rejects it. Raises InvalidFields."""
        review = await self._load(form, caller)
        locale = await self._locale(review, caller)
        await self._reviews.reject(caller.person, form.row, forms.read_reason(form.fields, locale))
        return Ack()

    async def open_ask(self, press: Press, caller: Caller) -> Result:
        """The form for a question."""
        review = await self._decidable(press, caller)
        return OpenModal(forms.ask_form(review, caller.locale, await self._author(review)))

    async def ask(self, form: Submission, caller: Caller) -> Result:
        """An admin asks the author. Raises InvalidFields."""
        await self._reviews.ask(caller.person, form.row, _question(form))
        return Ack()

    async def open_answer(self, press: Press, caller: Caller) -> Result:
        """The form for the author's answer."""
        review = await self._load(press, caller)
        rules.check_author(review, caller.person.user_id)
        return OpenModal(forms.answer_form(review, caller.locale))

    async def answer(self, form: Submission, caller: Caller) -> Result:
        """The author answers. Raises InvalidFields."""
        await self._reviews.answer(caller.person, form.row, form.fields.text("review.answer"))
        return Ack()

    async def more(self, press: Press, caller: Caller) -> Result:
        """The menu of a card: `verb:<id>`."""
        verb = press.value.partition(":")[0]
        if verb == "open":
            return Ack()
        review = await self._load(press, caller)
        if verb == "history":
            return OpenModal(forms.history(review, caller.locale, await self._reviews.history(review)))
        if verb != "assign":
            raise NotFound
        self._reviews.check(review, caller.person)
        others = [each for each in await self._admins.known() if _may_have(each, review, caller)]
        return OpenModal(forms.assign_form(review, caller.locale, others))

    async def assign(self, form: Submission, caller: Caller) -> Result:
        """Handed on to a named admin, who has to be one this minute. Raises InvalidFields."""
        to = form.fields.text("review.assignee")
        person = await self._people.known(to)
        if person is None or not person.may_decide():
            raise InvalidFields([Problem("review.assignee", "not_admin")])
        await self._reviews.reassign(caller.person, form.row, to)
        return Ack()

    async def send_again(self, press: Press, caller: Caller) -> Result:
        """The verdict goes to Coze once more."""
        await self._reviews.send_again(caller.person, press.row)
        return Ack()

    async def draw(self, copy: Message, locale: Locale) -> Drawing:
        """The admins' card and notices, a line of the thread, or what the author is told."""
        review = await self._reviews.load(copy.team_id, int(copy.subject.partition(":")[2]))
        if copy.thread is not None:
            return Drawing(views.thread_line(await self._reviews.line(copy), locale), is_open=False)
        if copy.kind == message.CARD:
            return Drawing(await self._card(review, locale), review.is_open)
        if copy.kind == "decided":
            return Drawing(views.decided_notice(review, locale), is_open=False)
        if copy.kind.startswith("q"):
            asked = views.question_card(review, locale, copy.kind)
            return Drawing(asked, review.state is rules.ReviewState.ASKED)
        known = await self._known(review)
        place = await self._links.to(copy)
        return Drawing(views.waiting_notice(review, locale, copy.kind, known, place), is_open=False)

    async def _load(self, asked: Press | Submission, caller: Caller) -> Review:
        return await self._reviews.load(caller.person.team_id, asked.row)

    async def _decidable(self, press: Press, caller: Caller) -> Review:
        review = await self._load(press, caller)
        self._reviews.check(review, caller.person)
        return review

    async def _card(self, review: Review, locale: Locale) -> Card:
        return views.card(review, locale, await self._known(review))

    async def _known(self, review: Review) -> views.Desk:
        earlier = [each for each in await self._reviews.history(review) if each.id != review.id]
        return views.Desk(
            author=await self._author(review),
            earlier=earlier,
            agreed=self._reviews.agreed(review),
            now=self._clock.now(),
            remind=self._reviews.first_reminder(),
            workspace_id=self._workspace_id,
        )

    async def _author(self, review: Review) -> str:
        """Their name here, else on Coze."""
        person = await self._people.known(review.user_id) if review.user_id else None
        return person.name if person else review.author_name or review.author_uid

    async def _locale(self, review: Review, caller: Caller) -> Locale:
        """In which language the author reads the ticked reasons: their own, else the admin's."""
        person = await self._people.known(review.user_id) if review.user_id else None
        return self._people.locale(person) if person else caller.locale


def _may_have(admin: Admin, review: Review, caller: Caller) -> bool:
    return admin.person.user_id not in (caller.person.user_id, review.user_id)


def _reason(form: Submission) -> str:
    """Raises InvalidFields."""
    return rules.read_words("reason", form.fields.text("review.reason"))


def _question(form: Submission) -> str:
    """Raises InvalidFields."""
    return rules.read_words("question", form.fields.text("review.question"))
