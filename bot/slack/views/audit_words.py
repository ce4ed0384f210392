"""The audit in words: who did what to whom."""

from collections.abc import Mapping

from bot.core.people import OPERATOR
from bot.store.audit_search import Deed
from bot.texts.locale import Locale, mark

from .parts import Code, Line, Mention, Moment, Piece, line, name

DEEDS: Mapping[str, str] = {
    "join.ask": mark("{who} requested to join"),
    "join.edit": mark("{who} changed the request"),
    "join.verify": mark("{who} looked up {whose}'s Coze account"),
    "join.question": mark("{who} asked {whose} a question about the request"),
    "join.answer": mark("{who} answered the question about the request"),
    "join.approved": mark("{who} approved {whose}'s request"),
    "join.declined": mark("{who} declined {whose}'s request"),
    "join.withdrawn": mark("{who} withdrew the request"),
    "join.reassign": mark("{who} handed {whose}'s request on"),
    "join.told": mark("{who} passed words on to {whose}"),
    "join.said": mark("{who} wrote about the request"),
    "join.nudge": mark("{who} nudged the admins"),
    "join.nudged": mark("{who} nudged {whose} to accept the invitation"),
    "join.ask_proof": mark("{who} asked {whose} to verify the account"),
    "join.proven": mark("{who} verified the account of the request"),
    "join.fix": mark("{who} changed the account of the request"),
    "join.displaced": mark("{whose}'s request lost its account to whom it belongs"),
    "join.alone": mark("{who} found that nobody else can decide {whose}'s request"),
    "join.not_alone": mark("{who} found somebody who can decide {whose}'s request"),
    "join.invite": mark("{who} invited {whose} on Coze"),
    "join.invited": mark("{who} says that {whose} was invited by hand"),
    "join.resend": mark("{who} had {whose} invited again"),
    "join.refused": mark("Coze refused to invite {whose}"),
    "join.joined": mark("{whose} joined the team"),
    "join.expired": mark("{whose}'s request expired"),
    "join.closed": mark("{who} closed {whose}'s request: the account in Slack is switched off"),
    "join.revoked": mark("{who} took {whose}'s approval back"),
    "join.arrived": mark("{whose} joined after the approval was taken back"),
    "join.remove": mark("{who} had {whose} removed from the team"),
    "join.removed": mark("{whose} is out of the team"),
    "join.stays": mark("Coze didn't remove {whose}"),
    "join.check": mark("{who} compared the lists of members"),
    "person.left": mark("{who} listed what {whose} holds after leaving Slack"),
    "person.erase": mark("{who} deleted a person's data"),
    "person.export": mark("{who} exported {whose}'s data"),
    "account.prove": mark("{who} verified the Coze account"),
    "account.dispute": mark("{who} claimed an account that somebody else holds"),
    "account.kept": mark("{who} decided that the account stays where it is"),
    "account.moved": mark("{who} decided that the account changes hands"),
    "backup.name": mark("{who} named a backup person"),
    "backup.accepted": mark("{who} agreed to be the backup person"),
    "backup.declined": mark("{who} declined to be the backup person"),
    "backup.told": mark("{who} asked the backup person about “{name}”"),
    "backup.take": mark("{who} took over “{name}” as its backup person"),
    "credential.record": mark("{who} tracked “{name}”"),
    "credential.forget": mark("{who} stopped tracking “{name}”"),
    "credential.gone": mark("{who} found that the old token of “{name}” is dead"),
    "credential.alive": mark("{who} found that the old token of “{name}” still works"),
    "credential.outgrow": mark("{who} offered a way without tokens for “{name}”"),
    "credential.stay": mark("{who} stays with the token “{name}”"),
    "remind.snooze": mark("{who} snoozed the reminder of “{name}”"),
    "remind.orphan": mark("{who} handed “{name}” of {whose} to the admins"),
    "remind.take": mark("{who} took over “{name}” of {whose}"),
    "secret.agree": mark("{who} agreed to store a token"),
    "secret.keep": mark("{who} stored a token"),
    "secret.use": mark("{whose}'s stored token was used"),
    "secret.forget": mark("{whose}'s stored token was deleted"),
    "secret.refused": mark("{whose}'s stored token doesn't open with any key"),
    "kept.refused": mark("Coze refused {whose}'s stored token"),
    "kept.taken": mark("Coze takes {whose}'s stored token again"),
    "sign_in.start": mark("{who} began to sign in to Coze"),
    "sign_in.done": mark("{who} signed in to Coze"),
    "sign_in.denied": mark("{who} said no on Coze"),
    "sign_in.expired": mark("{who}'s sign-in ran out"),
    "sign_in.cancelled": mark("{who} cancelled the sign-in"),
    "sign_in.not_mine": mark("{who} signed in with somebody else's account"),
    "sign_in.taken": mark("{who} signed in with an account that somebody else holds"),
    "sign_in.failed": mark("{who}'s sign-in failed"),
    "sign_in.refused": mark("Coze refused the app that people sign in to"),
    "agent.create": mark("{who} had an agent made"),
    "agent.copy": mark("{who} had an agent copied to the team's workspace"),
    "agents.list": mark("{who} renewed the list of agents"),
    "guide.start": mark("{who} began a route of the guide"),
    "guide.restart": mark("{who} began a route of the guide again"),
    "publish.confirm": mark("{who} confirmed publishing “{name}”"),
    "publish.claim": mark("{who} says that “{name}” was published by hand"),
    "publish.submitted": mark("{who} sent “{name}” to Coze"),
    "publish.reviewing": mark("“{name}” is in review"),
    "publish.online": mark("“{name}” is live"),
    "publish.rejected": mark("“{name}” was rejected"),
    "publish.failed": mark("“{name}” wasn't published"),
    "publish.unknown": mark("What became of “{name}” isn't known"),
    "publish.unpublish": mark("{who} had “{name}” taken off the channel"),
    "publish.unpublished": mark("“{name}” is off the channel"),
    "publish.deleted": mark("“{name}” was deleted on Coze"),
    "freeze.begin": mark("{who} froze publishing"),
    "freeze.lift": mark("{who} lifted the freeze"),
    "freeze.ask": mark("{who} asked to publish in spite of the freeze"),
    "freeze.pass": mark("{who} let an agent pass the freeze"),
    "review.begin": mark("A version of “{name}” came for review"),
    "review.ask": mark("{who} asked the author of “{name}”"),
    "review.answer": mark("{who} answered about “{name}”"),
    "review.reassign": mark("{who} handed the review of “{name}” on"),
    "review.send": mark("{who} had the verdict on “{name}” sent again"),
    "review.approved": mark("{who} approved “{name}”"),
    "review.rejected": mark("{who} rejected “{name}”"),
    "review.superseded": mark("A newer version of “{name}” took its place"),
    "report.stuck": mark("{who} asked for help"),
    "report.differs": mark("{who} reported that a page looks different"),
    "report.feedback": mark("{who} gave feedback"),
    "report.question": mark("{who} asked a question"),
    "report.told": mark("{who} passed words on to {whose}"),
    "report.answer": mark("{who} answered {whose}"),
    "report.reply": mark("{who} replied"),
    "report.solve": mark("{who} said that it is solved"),
    "report.picture": mark("{who} sent a picture"),
    "report.no_picture": mark("{whose}'s picture could not be handed on"),
    "thread.internal": mark("{who} kept words in the thread among admins"),
    "calls.stop": mark("{who} stopped looking: Coze's calls are used up"),
    "calls.retry": mark("{who} let me look again"),
    "owner.ends": mark("{who} said when the bot's own token expires"),
    "owner.dead": mark("Coze refused the bot's own token"),
    "job.retry": mark("{who} had something tried again that failed"),
    "job.drop": mark("{who} gave up something that failed"),
    "database.restore": mark("{who} put a backup of the database back"),
}
"""By action: a sentence, `{who}` did it, `{whose}` and `{name}` are whose matter it was and what it is called."""


def told(deed: Deed, locale: Locale) -> Line:
    """When, who, what. An action that has no words yet stands as it is stored."""
    line_, about = deed.entry, deed.about
    sentence = locale._(DEEDS[line_.action]) if line_.action in DEEDS else locale._("{who}: {action}")
    pieces: dict[str, Piece] = {
        "at": Moment(line_.at),
        "who": _who(line_.actor, locale),
        "whose": Mention(about.user_id) if about.user_id else locale._("somebody"),
        "name": name(about.name) if about.name else locale._("(no name)"),
        "action": Code(line_.action),
    }
    template = line(locale._("{at} · {sentence}"), sentence="{sentence}").template
    return Line(template.replace("{sentence}", sentence), pieces)


def _who(actor: str | None, locale: Locale) -> Piece:
    if actor is None:
        return locale._("I")
    return locale._("the operator") if actor == OPERATOR else Mention(actor)
