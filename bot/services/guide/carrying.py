"""Carrying: what a guide's card shows besides its step, so that it has no card of its own.

At the steps into the team that is the person's request to join, at the step that publishes the agent's publication.
What has to ring brings the card that shows it to the end of the DM: the guide's, else its own. Which of them a guide
carries stands in its facts, where joining and publishing read it: they know no routes.
"""

from dataclasses import replace
from datetime import datetime

from bot.core.guide import Guide, Learned
from bot.core.join import OPEN, JoinState, Request
from bot.core.publish import UNDER_WAY, Publication, PublicationState
from bot.store import guide as store
from bot.store import job, message
from bot.store import join as requests
from bot.store import publish as publications
from bot.store.database import Reading, Tx

CARRIES = "carries"
"""The fact what the guide's card carries where there is one: REQUEST or PUBLICATION; LEADS, where it leads into the
team and shows the step itself.
"""

REQUEST, PUBLICATION, LEADS, ANEW = "join", "publish", "leads", "anew"

BURIED = "buried"
"""The fact that the card stands far up: it is posted anew when it changes."""

BEFORE = "before"
"""The fact which publication was the person's last one when the guide was begun."""

UNSEEN = frozenset({JoinState.JOINED, JoinState.WITHDRAWN, JoinState.CLOSED})
"""Of these the steps themselves say enough."""

UNSETTLED = UNDER_WAY | {PublicationState.UNKNOWN}
"""Of a publication that has ended the step tells."""

Matter = Request | Publication


def subject(matter: Matter) -> str:
    """How messages name it."""
    return requests.subject(matter.id) if isinstance(matter, Request) else publications.subject(matter.id)


def shown(guide: Guide, request: Request | None, publication: Publication | None) -> Matter | None:
    """What the guide's card shows instead of its step: of these, the person's newest."""
    carries = guide.value(CARRIES)
    if carries == REQUEST and request and request.state not in UNSEEN:
        return request
    return publication if carries == PUBLICATION and publication and publication.state in UNSETTLED else None


def waits(carries: str, request: Request | None, publication: Publication | None) -> bool:
    """Whether somebody else has to act on what a card carries, so that nothing rings when it is shown there."""
    if carries == REQUEST:
        return request is not None and request.state in (JoinState.PENDING, JoinState.APPROVED)
    return carries == PUBLICATION and publication is not None and publication.state in UNDER_WAY


async def carrier(conn: Reading, matter: Matter) -> Guide | None:
    """The open guide whose card carries it; None where it has a card of its own, as all but the newest have."""
    whose = matter.team_id, matter.user_id
    newest: Matter | None
    if isinstance(matter, Request):
        newest, found = await requests.latest(conn, *whose), await _open(conn, *whose, REQUEST)
    else:
        newest = None if matter.is_api_only else await publications.newest(conn, *whose, matter.agent_id)
        found = [each for each in await _open(conn, *whose, PUBLICATION) if _is_about(each, matter)]
    return found[0] if found and newest and newest.id == matter.id else None


def _is_about(guide: Guide, publication: Publication) -> bool:
    """Of a guide that knows no agent yet, what was begun after it is the one."""
    if agent_id := guide.value("agent_id"):
        return agent_id == publication.agent_id
    return publication.id > int(guide.value(BEFORE) or publication.id)


async def begun(conn: Reading, guide: Guide) -> Guide:
    """The guide at its beginning; whatever it carried before, it carries anew."""
    found = await publications.latest(conn, guide.team_id, guide.user_id)
    last = max((each.id for each in found), default=0)
    return replace(guide, facts={**guide.facts, BEFORE: Learned(str(last)), CARRIES: Learned(ANEW)})


async def publication(conn: Reading, guide: Guide) -> Publication | None:
    """The newest one of the guide's agent, or of the agent that it is to learn of by it."""
    if not guide.value("agent_id") and guide.value(CARRIES) != PUBLICATION:
        return None
    found = await publications.latest(conn, guide.team_id, guide.user_id)
    return next((each for each in found if _is_about(guide, each)), None)


async def _holder(conn: Reading, matter: Matter) -> Guide | None:
    """The open guide that has the next act beside a card of its own: that is history, and has no buttons."""
    if (isinstance(matter, Publication) and matter.is_api_only) or await carrier(conn, matter):
        return None
    for guide in await store.opened(conn, matter.team_id, matter.user_id):
        if CARRIES in guide.facts and (isinstance(matter, Request) or _is_about(guide, matter)):
            return guide
    return None


async def is_history(conn: Reading, matter: Matter) -> bool:
    """Whether another card has the next act: a guide's, a newer request's or version's, what is published by who has
    joined.
    """
    if await _holder(conn, matter):
        return True
    if isinstance(matter, Publication):
        if matter.state is not PublicationState.ONLINE:
            return False
        agent = matter.team_id, matter.user_id, matter.agent_id
        return any(each.id > matter.id for each in await publications.newest_to_each(conn, *agent))
    newest = await requests.latest(conn, matter.team_id, matter.user_id)
    if newest and newest.id != matter.id:
        return True
    goes_on = matter.state is JoinState.JOINED and not matter.wants_proof
    return goes_on and bool(await publications.all_newest(conn, matter.team_id, matter.user_id))


async def _open(conn: Reading, team_id: str, user_id: str, what: str) -> list[Guide]:
    return [each for each in await store.opened(conn, team_id, user_id) if each.value(CARRIES) == what]


async def called(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """The person writes about their request: with its next change the card that carries it is to stand below."""
    for guide in await _open(tx.conn, team_id, user_id, REQUEST):
        await bring(tx, guide, now)


async def tell(tx: Tx, matter: Matter, now: datetime, *, rings: bool = False, planned: bool = False) -> None:
    """The person is shown its card, or the guide's, if that carries it; if it `rings`, at the end of their DM."""
    if guide := await carrier(tx.conn, matter):
        if rings:
            await bring(tx, guide, now)
        await job.guides(tx, matter.team_id, matter.user_id, now)
        return
    place = message.move if rings else message.show
    await place(tx, matter.team_id, subject(matter), matter.user_id, message.CARD, now, planned=planned)
    if isinstance(matter, Publication):
        await _history(tx, matter.team_id, matter.user_id, now)


async def _history(tx: Tx, team_id: str, user_id: str, now: datetime) -> None:
    """Another card has the next act from now on: that of a request that is settled is drawn without buttons."""
    if request := await requests.latest(tx.conn, team_id, user_id):
        await message.redraw(tx, team_id, subject(request), now, planned=True)


async def bring(tx: Tx, guide: Guide, now: datetime) -> None:
    """With its next change the guide's card comes to the end of the DM, whoever changes it meanwhile."""
    while await store.save(tx, buried(guide), now) is None:
        guide = await store.load(tx.conn, guide.team_id, guide.id)


async def hand_over(tx: Tx, guide: Guide, now: datetime) -> None:
    """What the guide carries from now on has no card of its own any more; what it lets go of has one, while open."""
    whose = guide.team_id, guide.user_id
    request = await requests.latest(tx.conn, *whose)
    matters: list[Matter] = [*([request] if request else []), *await publications.latest(tx.conn, *whose)]
    for matter in matters:
        own = subject(matter), matter.user_id, message.CARD
        if await carrier(tx.conn, matter):
            await message.withdraw(tx, guide.team_id, *own, now)
        elif await message.is_there(tx.conn, guide.team_id, *own):
            await message.redraw(tx, guide.team_id, subject(matter), now)  # the guide holds the step, or lets it go
        elif matter.state in OPEN | UNSETTLED:
            await message.show(tx, guide.team_id, *own, now)


def buried(guide: Guide) -> Guide:
    """Something long stands below its card: with its next change the card comes to the end of the DM."""
    return replace(guide, facts={**guide.facts, BURIED: Learned()})
