"""The one way through the bot, for whatever was typed, pressed or sent, now or after a wait:

who is it → leak guard → (wait for Slack) → may they → not too often → handler → result

The delivery's idempotency key is claimed by the handler's first transaction, or here where it wrote nothing. What is
refused is counted in the transaction that claims it. Nothing outside is asked on the way. Who is unknown, or has to
be known as of this minute, waits: the request itself becomes a job and goes the same way, under the same key, once
Slack was asked. The guard stands before that, so that no secret is ever stored in a request that waits.
"""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from bot.clock import Clock, utc_now
from bot.core.errors import (
    BotError,
    Duplicate,
    NotAdmin,
    NotAllowed,
    NotFound,
    Throttled,
    Unreachable,
)
from bot.core.limits import PACE, Costly
from bot.core.people import Person, Standing
from bot.core.refusal import Reason, reason_of
from bot.core.setting import Askers
from bot.metrics import Outcome
from bot.services import job_runner
from bot.services.job_runner import Done
from bot.services.overview import Overview, PersonFacts
from bot.services.people import People
from bot.services.refusals import Refusals
from bot.slack import words
from bot.slack.failures import TookTooLong, kept_open, result_of
from bot.slack.guard import objection, without_secrets
from bot.slack.refusal import tried
from bot.slack.replies import PostAck, Replies
from bot.slack.router import (
    DECIDING,
    Access,
    Ack,
    Caller,
    Command,
    Ephemeral,
    FieldErrors,
    Press,
    Request,
    Result,
    Route,
    Router,
    Submission,
    Suggestion,
    Suggestions,
)
from bot.slack.views import answers
from bot.store import audit, bucket, job
from bot.store.database import Database, Delivery, handling
from bot.store.job import Job
from bot.texts.locale import Locale

PATIENCE = 2.4  # seconds of real time until an answer has to be there: Slack waits for three
KIND = "request"  # of the jobs of requests that wait

_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


@dataclass(frozen=True)
class Answered:
    """A result, and whom it is for. `after` is what else is left to do once the ack is on its way."""

    result: Result
    caller: Caller
    after: PostAck | None = None
    outcome: Outcome = Outcome.DONE


class Pipeline:
    """Takes each request through the same steps."""

    def __init__(
        self,
        db: Database,
        clock: Clock,
        people: People,
        overview: Overview,
        refusals: Refusals,
        router: Router,
        replies: Replies,
        askers: Callable[[], Askers],
    ) -> None:
        self._askers = askers
        self._db, self._clock, self._people, self._overview = db, clock, people, overview
        self._refusals, self._router, self._replies = refusals, router, replies
        self._late: set[asyncio.Task[Answered]] = set()

    async def answer(self, request: Request) -> Answered:
        """What to answer within Slack's time. What takes longer goes on, and a number is answered instead."""
        task = asyncio.create_task(self._answer(request))
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if done:
            return task.result()
        self._late.add(task)
        task.add_done_callback(self._late.discard)
        stranger = self._stranger(request)
        return Answered(result_of(TookTooLong(), request, stranger.locale), stranger, outcome=Outcome.LATE)

    async def resume(self, row: Job) -> job_runner.Outcome:
        """Job: ask Slack who this is today, then go on with what they wanted, or say why not."""
        request = _REQUEST.validate_python(row.payload)
        caller = self._stranger(request)
        try:
            route = self._router.find(request)
            caller = self._caller(await self._people.refresh(request.user_id))
            if (whom := _named(request, route)) and caller.person.may_decide():
                await self._people.refresh(whom)
            result, _ = await self._let_in(request, route, caller)
        except BotError as error:
            result = result_of(error, request, caller.locale)
        if isinstance(result, FieldErrors):  # its form has closed
            result = Ephemeral(answers.words(next(iter(result.errors.values())), caller.locale))
        if after := self._replies.after(result, request, caller):
            await after()
        return Done()

    @property
    def under_way(self) -> set[asyncio.Task[Answered]]:
        """What was answered by a number and goes on: it may still write."""
        return set(self._late)

    async def _answer(self, request: Request) -> Answered:
        """What only reads is answered while its delivery is remembered: one wait instead of two before the ack."""
        route = self._router.find(request)
        if isinstance(request, Suggestion) or (route is not None and not route.reads):
            return await self._answered(request, route)
        claiming = asyncio.create_task(self._db.claim(self._delivery(request)))
        claimed = replace(request, delivery=replace(request.delivery, is_claimed=True))
        answered = await self._answered(claimed, route, claiming)
        try:
            await claiming
        except Exception as error:
            caller = answered.caller
            return Answered(result_of(error, request, caller.locale), caller, outcome=_outcome(error))
        return answered

    async def _answered(
        self, request: Request, route: Route | None, claiming: "asyncio.Task[None] | None" = None
    ) -> Answered:
        caller = self._stranger(request)
        try:
            person, facts = await self._who(request)
            if person is not None:
                caller = self._caller(person, facts)
            if refused := objection(request, self._secrets(request, route), caller.locale):
                await self._count(request, route, Reason.SECRET, self._delivery(request), claiming)
                return Answered(refused, caller, outcome=Outcome.REFUSED)
            if person is None and isinstance(request, Suggestion):
                return Answered(Suggestions(), caller)  # whoever sees one of our forms is known
            if person is None or not await self._is_fresh(request, route, person):
                if claiming:
                    await claiming  # a repeated delivery does not wait anew
                return await self._wait(request, route, caller, is_known=person is not None)
            result, outcome = await self._let_in(request, route, caller, claiming)
            return Answered(result, caller, outcome=outcome)
        except Exception as error:
            return Answered(result_of(error, request, caller.locale), caller, outcome=_outcome(error))

    async def _who(self, request: Request) -> tuple[Person | None, PersonFacts | None]:
        """Who it is, as last seen. A command's answer mostly hangs on the person's facts, read in the same breath."""
        if isinstance(request, Command):
            return await self._overview.of(request.user_id)
        return await self._people.known(request.user_id), None

    async def _is_fresh(self, request: Request, route: Route | None, person: Person) -> bool:
        """Whether the person, and whom their form names, are known as of this minute, where that is wanted."""
        if route is None or not (route.fresh or (route.asks and self._askers().asks_slack)):
            return True
        named = await self._people.known(whom) if (whom := _named(request, route)) else person
        return all(each is not None and each.fresh(utc_now()) for each in (person, named))

    def _secrets(self, request: Request, route: Route | None) -> frozenset[str]:
        """The questions that may hold a secret: of the form that was sent, or in which a button was pressed."""
        form = self._router.forms.get(request.place.callback_id) if isinstance(request, Press) else route
        return form.secrets if form else frozenset()

    async def _wait(self, request: Request, route: Route | None, caller: Caller, *, is_known: bool) -> Answered:
        """Until Slack was asked who this is. A form that may hold a secret is stored nowhere: it stays open."""
        if isinstance(request, Submission) and not (is_known and route and not route.secrets):
            kept = kept_open(Unreachable(), request, caller.locale)
            return Answered(kept, caller, self._acquaint(request, route), Outcome.WAITS)
        if route and route.precheck and isinstance(request, Submission):
            route.precheck(request)
        subject = hashlib.sha256(request.delivery.idempotency_key.encode()).hexdigest()[:40]
        told = without_secrets(request, self._secrets(request, route))
        payload: dict[str, Any] = _REQUEST.dump_python(told, mode="json")
        async with self._db.write() as tx:
            now, team = self._clock.now(), self._people.team_id
            await job.enqueue(tx, team, KIND, subject, now, job.SOMEBODY_WAITS, payload)
        return Answered(Ack(), caller, outcome=Outcome.WAITS)

    def _acquaint(self, request: Request, route: Route | None) -> PostAck:
        """Slack is asked who has sent this form, so that they may send it again; who may not is refused now."""

        async def meet() -> None:
            person = await self._people.refresh(request.user_id)
            try:
                _check(route, person)
                if route is None:
                    raise NotFound
            except BotError as error:
                if reason := reason_of(error):
                    with contextlib.suppress(Duplicate):
                        await self._count(request, route, reason, self._delivery(request), None)

        return meet

    async def _let_in(
        self, request: Request, route: Route | None, caller: Caller, claiming: "asyncio.Task[None] | None" = None
    ) -> tuple[Result, Outcome]:
        """The handler's result, once the person may; the delivery is remembered then. Raises BotError."""
        delivery = self._delivery(request)
        delivery.reads_only = route is None or route.reads
        try:
            _check(route, caller.person)
            if route and route.costs:
                await self._pace(route.costs, caller.person)
            with handling(delivery):
                result = await route.handler(request, caller) if route else _unknown(request, caller.locale)
            if isinstance(request, Submission) and route and not isinstance(result, FieldErrors):
                await self._note_secret(request, route, delivery)
            if not delivery.claimed:
                await self._db.claim(delivery)
        except BotError as error:
            if reason := reason_of(error):
                await self._count(request, route, reason, delivery, claiming)
            raise
        except Exception as error:  # here, so that a job that fails so is not tried again: it may have acted
            return result_of(error, request, caller.locale), Outcome.FAILED
        return result, Outcome.INVALID if isinstance(result, FieldErrors) else Outcome.DONE

    async def _note_secret(self, request: Submission, route: Route, delivery: Delivery) -> None:
        """A secret that somebody has typed will be used, whatever for: written down before it is, and never what it
        is."""
        if not any(request.fields.text(question) for question in route.secrets):
            return
        with handling(delivery):
            async with self._db.write() as tx:
                whose = self._people.team_id, self._clock.now(), request.user_id
                await audit.note(tx, *whose, "secret.typed", f"form:{route.name}", purpose=route.name)

    async def _pace(self, kind: Costly, person: Person) -> None:
        """Each person has a polite pace for each kind of costly act. Raises Throttled."""
        own = bucket.Limit(f"{kind}:{person.user_id}", *PACE[kind])
        if wait := await bucket.take(self._db, person.team_id, [own]):
            raise Throttled(wait)

    async def _count(
        self,
        request: Request,
        route: Route | None,
        reason: Reason,
        delivery: Delivery,
        claiming: "asyncio.Task[None] | None",
    ) -> None:
        """A refusal is written down once, however often its delivery is repeated. Raises Duplicate.

        What is typed into a menu comes letter by letter, under no key: it is answered with nothing, and not counted.
        """
        if isinstance(request, Suggestion):
            return
        if claiming:
            await claiming
        with handling(replace(delivery, reads_only=False)):
            await self._refusals.add(request.user_id, *tried(request, route), reason)

    def _delivery(self, request: Request) -> Delivery:
        named = request.delivery
        return Delivery(self._people.team_id, named.idempotency_key, claimed=named.is_claimed)

    def _caller(self, person: Person, facts: PersonFacts | None = None) -> Caller:
        return Caller(person, self._people.locale(person), facts)

    def _stranger(self, request: Request) -> Caller:
        """Who it is as long as nobody has said so."""
        return Caller(self._people.unmet(request.user_id), self._people.common_locale())


def _outcome(error: Exception) -> Outcome:
    match error:
        case Duplicate():
            return Outcome.REPEATED
        case BotError():
            return Outcome.REFUSED if reason_of(error) else Outcome.INVALID
    return Outcome.FAILED


def _named(request: Request, route: Route | None) -> str:
    """The user id that the form names in the question for it; "" where there is none."""
    return request.fields.text(route.named) if route and route.named and isinstance(request, Submission) else ""


def _check(route: Route | None, person: Person) -> None:
    """Whether this person may. Raises NotAllowed, NotAdmin."""
    if route is None or route.access is Access.ANYONE:
        return
    may = person.may_decide() or (route.access is Access.DECIDER and person.may_stand_in())
    if route.access in DECIDING and not may:
        raise NotAdmin
    if person.standing is not Standing.MEMBER:
        raise NotAllowed


def _unknown(request: Request, locale: Locale) -> Result:
    """No such command, with the nearest one; no such button or form. Raises NotFound."""
    if not isinstance(request, Command):
        raise NotFound
    return Ephemeral(answers.unknown(request.verb, words.guess(request.verb), locale, request.text))
