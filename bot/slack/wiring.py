"""What people see and press, by feature, and what Slack tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from slack_sdk.models.blocks import Block

from bot.services.deployment import Resources
from bot.services.job_runner import Handler
from bot.services.wiring import Services
from bot.store import restored
from bot.texts.locale import Locale

from .account import AccountHandlers
from .audit_search import AuditSearchHandlers
from .backup import BackupHandlers
from .calls import CallHandlers
from .connection import Connection
from .credential import CredentialHandlers, SecretHandlers
from .deciding import DecisionHandlers
from .desk import DeskHandlers
from .digest import DigestHandlers
from .draw import Draw
from .events import Events
from .expiring import ExpiringHandlers
from .failed_jobs import FailedJobHandlers
from .files import Files
from .forecast import ForecastHandlers
from .freeze import FreezeHandlers
from .guide import GuideHandlers, GuideSteps
from .handing import HandingOn
from .home import HomeHandlers, StatusHandlers
from .join import JoinHandlers
from .kept import KeptHandlers
from .leaving import LeavingHandlers
from .links import Links
from .look import LookHandlers
from .oauth_key import OauthKeyHandlers
from .orphan import OrphanHandlers
from .outgrow import OutgrowHandlers
from .outside import OutsideHandlers
from .owner import OwnerHandlers
from .people import Directory
from .personal_data import PersonalDataHandlers
from .picture import PictureHandlers
from .pipeline import KIND, Pipeline
from .preferences import PreferenceHandlers
from .preflight import PreflightHandlers
from .publish import PublishHandlers
from .queue import QueueHandlers
from .refusal import RefusalHandlers
from .remind import Notices
from .renewal import RenewalHandlers
from .replies import Replies
from .report import ReportHandlers
from .review import ReviewHandlers
from .router import Handlers, Router
from .script_file import ScriptFileHandlers
from .seat_review import SeatReviewHandlers
from .seats import SeatHandlers
from .send import Sender
from .setting import SettingHandlers
from .sign_in import SignInHandlers
from .stuck import StuckHandlers
from .talk import TalkHandlers
from .threads import ThreadHandlers
from .trial import TrialHandlers
from .unpublish import UnpublishHandlers


class Features:
    """`pipeline` takes requests, by the routes of `router`, and `replies` carries out what comes of them; `events`
    does what Slack's events ask for, `job_handlers` what happens later, by kind of job.

    `url` is the page of the ShargeAI workspace on Coze.
    """

    def __init__(
        self, resources: Resources, do: Services, slack: Connection, sender: Sender, directory: Directory, url: str
    ) -> None:
        db, clock = resources.db, resources.clock
        self.router, self.replies = Router(), Replies(sender)
        answers = self.router, self.replies, do.running.askers
        self.pipeline = Pipeline(db, clock, do.people, do.overview, do.refusals, *answers)
        draw = Draw(db, clock, do.people, sender, self.router, do.tokens.orphans.unreached)
        signs_in = do.sign_ins.offered
        of_home = db, clock, do.people, sender, do.join.requests, do.overview, do.tokens.oauth_keys, resources.texts
        preflight, calls = PreflightHandlers(do.preflight), CallHandlers(do.calls)
        owner = OwnerHandlers(clock, do.owner, do.owner.setting)

        async def notices(locale: Locale) -> list[Block]:
            return [*await preflight.at_home(locale), *await owner.at_home(locale), *await calls.at_home(locale)]

        links = Links(db, slack.identity.url)
        reviews = ReviewHandlers(clock, do.people, do.admins, do.publish.reviews, links, do.workspace)
        home = HomeHandlers(*of_home, notices, reviews.at_home, signs_in=signs_in, chat=slack.chat)
        join = do.join
        of_join = join.requests, join.accounts, join.invitations, join.alone
        joining = JoinHandlers(*of_join, url, signs_in=signs_in, chat=slack.chat)
        account = AccountHandlers(join.accounts, join.requests, do.people, do.admin_channel)
        sign_in = SignInHandlers(db, do.people, sender, do.sign_ins, account, join.requests)
        others = home, preflight, owner, calls, joining, account, sign_in, reviews
        threads = ThreadHandlers(clock, do.people, sender, do.talk, do.join.requests, do.admin_channel)
        of_scripts = do.guide.guides, do.guide.script_files
        at_slack = Files(slack, sender)
        files = ScriptFileHandlers(clock, *of_scripts, at_slack, resources.coze.audience)
        pictures = PictureHandlers(do.people, do.guide.guides, do.reports, at_slack, resources.texts)
        mine = *others, threads, files, pictures
        tools = _Tools(resources, do, url, links, at_slack, sender, slack.chat)
        rooms = _of_people, _of_joining, _of_the_desk, _of_tokens, _of_publishing, _of_guiding
        features: list[Handlers] = [*mine, *chain.from_iterable(room(tools) for room in rooms)]
        for feature in features:
            feature.register(self.router)
        bot_user = str(slack.identity.bot_user_id)
        whom = do.people, directory, sender, bot_user
        self.events = Events(clock, *whom, home, draw, do.secrets.store, do.greeting, threads)
        self.job_handlers: dict[str, Handler] = {
            "draw": draw.draw,
            "unpost": draw.unpost,
            restored.KIND: draw.knows_all,
            "unfile": files.unfile,
            "picture": pictures.hand_on,
            KIND: self.pipeline.resume,
            "home": home.draw,
            "uninstalled": self.events.uninstalled,
            **sign_in.job_handlers,
        }


@dataclass(frozen=True)
class _Tools:
    """What the handlers of every room may need."""

    resources: Resources
    do: Services
    url: str
    links: Links
    files: Files
    sender: Sender
    chat: str


def _of_people(tools: _Tools) -> Iterable[Handlers]:
    do, clock, texts = tools.do, tools.resources.clock, tools.resources.texts
    guides = do.guide.guides
    listening = do.people, do.overview, guides, do.reports, do.talk, texts
    return (
        PreferenceHandlers(clock, do.people),
        PersonalDataHandlers(clock, tools.sender, do.personal_data),
        SettingHandlers(do.people, do.running),
        StatusHandlers(clock, do.people, do.overview, texts, do.calls, do.running.welcome),
        DigestHandlers(clock, do.digest, tools.links),
        ReportHandlers(do.reports, tools.links, texts),
        TalkHandlers(clock, *listening, do.running.welcome, hands_on=tools.files.may_hand_on),
        RefusalHandlers(do.refusals),
    )


def _of_joining(tools: _Tools) -> Iterable[Handlers]:
    do, clock, join = tools.do, tools.resources.clock, tools.do.join
    leaving, handing = LeavingHandlers(join.leaving, do.overview), HandingOn(do.admins, do.people, join.requests)
    asked = do.people, join.requests, join.accounts, join.invitations
    after = join.taking_back, join.alone, do.guide.snapshots
    return (
        DecisionHandlers(clock, *asked, leaving, handing, *after, tools.links, tools.url),
        leaving,
        LookHandlers(join.invitations, do.calls),
        QueueHandlers(clock, join.requests),
    )


def _of_the_desk(tools: _Tools) -> Iterable[Handlers]:
    do, clock = tools.do, tools.resources.clock
    searching = AuditSearchHandlers(do.desk.audit, tools.files)
    desk = DeskHandlers(do.desk.front, searching.typed)
    return (
        desk,
        searching,
        SeatHandlers(do.desk.seats, desk.drawn),
        SeatReviewHandlers(do.desk.seat_reviews, do.join.leaving),
        FailedJobHandlers(do.desk.failed_jobs),
        OutsideHandlers(clock, do.join.requests, do.join.invitations),
        StuckHandlers(do.desk.stuck, tools.resources.texts),
    )


def _of_tokens(tools: _Tools) -> Iterable[Handlers]:
    do, db, clock, texts = tools.do, tools.resources.db, tools.resources.clock, tools.resources.texts
    credentials, store, tokens = do.tokens.credentials, do.secrets.store, do.tokens
    orphans = OrphanHandlers(clock, tokens.orphans, credentials)
    outgrow = OutgrowHandlers(credentials, do.overview, do.publish.agent_lists, texts)
    keys = OauthKeyHandlers(db, clock, tokens.oauth_keys, credentials, do.guide.guides, texts)
    of_cards = orphans.draw, Notices(clock, credentials, do.overview).draw, outgrow.offered
    return (
        ExpiringHandlers(tokens.expiring),
        ForecastHandlers(tokens.forecasts),
        CredentialHandlers(db, clock, credentials, tokens.checker, store, *of_cards, tokens.renewals, keys),
        orphans,
        BackupHandlers(clock, do.people, credentials, tokens.backups, tokens.orphans),
        outgrow,
        RenewalHandlers(tokens.renewals),
        keys,
        SecretHandlers(db, clock, store, credentials),
        KeptHandlers(db, clock, do.people, do.secrets.watch),
    )


def _of_publishing(tools: _Tools) -> Iterable[Handlers]:
    do, clock, publish = tools.do, tools.resources.clock, tools.do.publish
    whom = publish.publish, publish.agents, publish.agent_lists, publish.checks, do.calls, do.guide.snapshots
    return (
        PublishHandlers(clock, *whom, desk=publish.reviews is not None),
        UnpublishHandlers(publish.unpublish),
        TrialHandlers(publish.publish, publish.agents),
        FreezeHandlers(clock, publish.freezes),
    )


def _of_guiding(tools: _Tools) -> Iterable[Handlers]:
    do, clock, texts = tools.do, tools.resources.clock, tools.resources.texts
    known, signs_in = (do.guide, do.reports, do.overview, texts), do.sign_ins.offered
    return (
        GuideHandlers(clock, *known, tools.url, do.running.welcome, signs_in=signs_in, chat=tools.chat),
        GuideSteps(clock, do.guide.guides, texts, tools.resources.coze.audience),
    )
