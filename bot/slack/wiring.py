"""What people see and press, by feature, and what Slack tells."""

from collections.abc import Iterable

from slack_sdk.models.blocks import Block

from bot.services.job_runner import Handler
from bot.services.wiring import Resources, Services
from bot.store import restored
from bot.texts.locale import Locale

from .account import AccountHandlers
from .backup import BackupHandlers
from .calls import CallHandlers
from .connection import Connection
from .credential import CredentialHandlers, SecretHandlers
from .deciding import DecisionHandlers
from .digest import DigestHandlers
from .draw import Draw
from .events import Events
from .expiring import ExpiringHandlers
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
from .send import Sender
from .sign_in import SignInHandlers
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
        self.pipeline = Pipeline(db, clock, do.people, do.overview, do.refusals, self.router, self.replies)
        draw = Draw(db, clock, do.people, sender, self.router, do.orphans.unreached)
        signs_in = do.sign_ins.offered
        of_home = db, clock, do.people, sender, do.join, do.overview, do.oauth_keys, resources.texts
        preflight, calls = PreflightHandlers(do.preflight), CallHandlers(do.calls)
        owner = OwnerHandlers(clock, do.owner, do.owner.setting)

        async def notices(locale: Locale) -> list[Block]:
            return [*await preflight.at_home(locale), *await owner.at_home(locale), *await calls.at_home(locale)]

        links = Links(db, slack.identity.url)
        reviews = ReviewHandlers(clock, do.people, do.admins, do.reviews, links, do.workspace)
        home = HomeHandlers(*of_home, notices, reviews.at_home, signs_in=signs_in, chat=slack.chat)
        joining = JoinHandlers(do.join, do.accounts, do.invitations, do.alone, url, signs_in=signs_in)
        account = AccountHandlers(do.accounts, do.join, do.people, do.admin_channel)
        sign_in = SignInHandlers(db, do.people, sender, do.sign_ins, account, do.join)
        others = home, preflight, owner, calls, joining, account, sign_in, reviews
        threads = ThreadHandlers(clock, do.people, sender, do.talk, do.join, do.admin_channel)
        data = PersonalDataHandlers(clock, sender, do.personal_data)
        of_scripts = do.guide.guides, do.guide.script_files
        at_slack = Files(slack, sender)
        files = ScriptFileHandlers(clock, *of_scripts, at_slack, resources.coze.audience)
        pictures = PictureHandlers(do.people, do.guide.guides, do.reports, at_slack, resources.texts)
        mine = *others, threads, data, files, pictures
        features: Iterable[Handlers] = (*mine, *_features(resources, do, url, slack, at_slack))
        for feature in features:
            feature.register(self.router)
        bot_user = str(slack.identity.bot_user_id)
        whom = do.people, directory, sender, bot_user
        self.events = Events(clock, *whom, home, draw, do.secret_store, do.greeting, threads)
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


def _features(resources: Resources, do: Services, url: str, slack: Connection, files: Files) -> Iterable[Handlers]:
    db, clock, texts = resources.db, resources.clock, resources.texts
    links, chat = Links(db, slack.identity.url), slack.chat
    orphans = OrphanHandlers(clock, do.orphans, do.credentials)
    outgrow = OutgrowHandlers(do.credentials, do.overview, do.agent_lists, texts)
    keys = OauthKeyHandlers(db, clock, do.oauth_keys, do.credentials, do.guide.guides, texts)
    notices = Notices(clock, do.credentials, do.overview)
    of_publishing = do.publish_checks, do.calls, do.guide.snapshots
    leaving, handing = LeavingHandlers(do.leaving, do.overview), HandingOn(do.admins, do.people, do.join)
    return (
        PreferenceHandlers(clock, do.people),
        StatusHandlers(clock, do.people, do.overview, texts, do.calls),
        DecisionHandlers(
            clock,
            do.people,
            do.join,
            do.accounts,
            do.invitations,
            leaving,
            handing,
            do.taking_back,
            do.alone,
            do.guide.snapshots,
            links,
            url,
        ),
        leaving,
        LookHandlers(do.invitations, do.calls),
        QueueHandlers(clock, do.join),
        ExpiringHandlers(do.expiring),
        ForecastHandlers(do.forecasts),
        DigestHandlers(clock, do.digest, links),
        CredentialHandlers(
            db,
            clock,
            do.credentials,
            do.checker,
            do.secret_store,
            orphans.draw,
            notices.draw,
            outgrow.offered,
            do.renewals,
            keys,
        ),
        orphans,
        BackupHandlers(clock, do.people, do.credentials, do.backups, do.orphans),
        outgrow,
        RenewalHandlers(do.renewals),
        keys,
        SecretHandlers(db, clock, do.secret_store, do.credentials),
        KeptHandlers(db, clock, do.people, do.kept_watch),
        PublishHandlers(clock, do.publish, do.agents, do.agent_lists, *of_publishing, desk=do.reviews is not None),
        GuideHandlers(clock, do.guide, do.reports, do.overview, texts, url, signs_in=do.sign_ins.offered, chat=chat),
        GuideSteps(clock, do.guide.guides, texts, resources.coze.audience),
        ReportHandlers(do.reports, links, texts),
        TalkHandlers(
            clock, do.people, do.overview, do.guide.guides, do.reports, do.talk, texts, hands_on=files.may_hand_on
        ),
        RefusalHandlers(do.refusals),
        UnpublishHandlers(do.unpublish),
        TrialHandlers(do.publish, do.agents),
        FreezeHandlers(clock, do.freezes),
    )
