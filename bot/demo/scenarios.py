"""The scenarios: how far the bot's story has come when somebody enters, lived step by step as people would live it.

Where no app here has the bot's command, only what people do on Coze's own site happens.
"""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.setup import EMPTY
from bot.playground.stage import Scenario, Stage
from bot.playground.world.chat import Person

from .cast import TEAM

COMMAND = "/sharge"
SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")
MUSEUM = "给博物馆做一个讲解智能体，念展品的故事"
COLLEAGUES = (
    ("yan", "7530412083311050033", "严老师", "给学生做英语口语陪练"),
    ("qiu", "7530412083311050036", "秋山", "想在眼镜上用扣子查公司日程"),
)

# Steps that several scenarios share


def has_bot(stage: Stage) -> bool:
    """Whether the bot, or something with its command, is here."""
    return stage.offers(COMMAND)


async def _sends(stage: Stage, who: str, callback_id: str, **fields: Any) -> None:
    """A form of the bot; `fields` by the second half of their block's name."""
    feature = callback_id.partition(".")[0]
    await stage.sends(who, callback_id, {f"{feature}.{name}": value for name, value in fields.items()})


async def asks(stage: Stage, who: str, purpose: str) -> None:
    """A request to join, from the command to the card before the admins."""
    if not has_bot(stage):
        return
    user = stage.world.coze.user(who)
    before = stage.cards("admins")
    await stage.types(who, f"{COMMAND} join")
    await _sends(stage, who, "join.ask", uid=user.id, nick=user.name, purpose=purpose)
    await stage.sees(lambda: stage.cards("admins") > before, f"the admins see {who}'s request")


async def joins(stage: Stage, who: str, purpose: str) -> None:
    """From the request to the member list; without a bot by an invitation from hand to hand."""
    if not has_bot(stage):
        await stage.on_coze("invite", name="owner", user=who)
        await stage.on_coze("user", name=who, accept_invitation=True)
        return
    await asks(stage, who, purpose)
    await stage.presses("lin", "join.approve", "admins")
    await stage.sees(lambda: _invited(stage, who), f"{who} is invited on Coze")
    await stage.on_coze("user", name=who, accept_invitation=True)
    await stage.presses(who, "join.accepted")
    await stage.sees(lambda: not stage.offered(who, "join.accepted"), f"{who} has joined")
    await proves(stage, who)


async def proves(stage: Stage, who: str) -> None:
    """By signing in: the account in the team is theirs, so they may publish with it."""
    await stage.presses(who, "account.prove")
    await stage.sees(lambda: stage.offered(who, "open.device"), f"{who} has a code")
    await stage.on_coze("sign_in", name=who, approve=True)
    stage.passes(seconds=5)
    await stage.presses(who, "signin.confirm")
    await stage.sees(lambda: not stage.offered(who, "signin.confirm"), f"{who}'s account is verified")


def _invited(stage: Stage, who: str) -> bool:
    """Whether somebody has an open invitation to the team on Coze."""
    coze = stage.world.coze
    return coze.user(who).id in coze.find_workspace(TEAM).invitations


async def records_token(stage: Stage, who: str, name: str) -> None:
    """A token of thirty days, made just now."""
    if not has_bot(stage):
        return
    before = stage.letters(who)
    await stage.types(who, f"{COMMAND} remind add")
    await _sends(stage, who, "credential.record", name=name, last4="a1b2")
    await stage.sees(lambda: stage.letters(who) > before, f"{who} gets the receipt")


async def publishes(stage: Stage, who: str) -> None:
    """The newest agent that somebody has, as far as the review, by its number: whether the bot's list of agents knows
    it already makes no difference. Without a bot by hand."""
    if not has_bot(stage):
        return
    coze = stage.world.coze
    agent_id = [bot.id for bot in coze.bots.values() if bot.owner_id == coze.user(who).id][-1]
    await stage.types(who, f"{COMMAND} publish {agent_id}")
    await _sends(stage, who, "publish.confirm")
    await stage.sees(lambda: _in_review(stage), f"{who}'s agent is in review")


def _in_review(stage: Stage) -> bool:
    bots = stage.world.coze.bots.values()
    return any(one.state == "reviewing" for bot in bots for one in bot.publications.values())


async def arrives(stage: Stage, handle: str, coze_id: str, name: str) -> None:
    """Somebody new in the chat who has an account on Coze already."""
    stage.world.coze.add_user(handle, coze_id, name)
    user, team = f"U0{handle.upper()}", stage.world.chat.team_id
    await stage.arrives(Person(handle, user, name, "zh-CN", "Asia/Shanghai", team_id=team, face=name[0]))


# The scenarios


async def join_waiting(stage: Stage) -> None:
    """Mei has asked to join and waits for an admin."""
    await asks(stage, "mei", MUSEUM)


def _until_ten(stage: Stage, days: int, zone: ZoneInfo = SHANGHAI) -> None:
    """So many days later, at ten in this zone: nobody there is reminded at night, whenever the story began."""
    now = stage.world.clock.now().astimezone(zone)
    later = datetime.combine(now.date() + timedelta(days=days), time(10), zone)
    stage.passes(seconds=(later - now).total_seconds())


async def token_expires_tomorrow(stage: Stage) -> None:
    """Mei recorded a token of thirty days; that was about twenty-nine days ago."""
    await records_token(stage, "mei", "拍拍镜-试用")
    before = stage.letters("mei")
    _until_ten(stage, 29)
    if has_bot(stage):
        await stage.sees(lambda: stage.letters("mei") > before, "mei is reminded")


async def agent_ready(stage: Stage) -> None:
    """Mei is a member and has a draft in the team's space."""
    await joins(stage, "mei", MUSEUM)
    await stage.on_coze("agent", name="mei", title="博物馆讲解员", workspace=TEAM)


async def review_waiting(stage: Stage) -> None:
    """Coze asks the channel's owner: mei's agent waits on the review desk for a verdict."""
    await agent_ready(stage)
    if not has_bot(stage):
        return
    await stage.on_coze("channel", callback_url=True)
    before = stage.cards("admins")
    await publishes(stage, "mei")
    await stage.sees(lambda: stage.cards("admins") > before, "the desk has mei's agent")


async def busy_admin(stage: Stage) -> None:
    """Tom's token ends in three days and his agent is in review; three people wait for an answer."""
    await joins(stage, "tom", "An audio guide for a museum, in English")
    await records_token(stage, "tom", "glasses-trial")
    before = stage.letters("tom")
    _until_ten(stage, 27, NEW_YORK)
    if has_bot(stage):
        await stage.sees(lambda: stage.letters("tom") > before, "tom is reminded")
    _until_ten(stage, 1)
    guide = await stage.on_coze("agent", name="tom", title="Museum Guide", workspace=TEAM)
    if has_bot(stage):
        await publishes(stage, "tom")
    else:
        await stage.on_coze("publish", name="owner", bot_id=guide["bot_id"])
    await asks(stage, "mei", MUSEUM)
    for handle, coze_id, name, purpose in COLLEAGUES:
        stage.passes(minutes=20)
        await arrives(stage, handle, coze_id, name)
        await asks(stage, handle, purpose)


async def settings_wrong(stage: Stage) -> None:
    """The admins' channel was archived and the agent channel taken out of the space; a day has passed."""
    await stage.archives("admins")
    await stage.on_coze("install", name="owner", installed=False)
    stage.passes(days=1, minutes=1)


SCENARIOS = (
    EMPTY,
    Scenario("join-waiting", "等待审批", "Join waiting", join_waiting),
    Scenario("token-expires-tomorrow", "令牌明天到期", "Token expires tomorrow", token_expires_tomorrow),
    Scenario("agent-ready", "智能体待发布", "Agent ready", agent_ready),
    Scenario("review-waiting", "等审核结论", "Review waiting", review_waiting),
    Scenario("busy-admin", "忙碌的管理员", "Busy admin", busy_admin),
    Scenario("settings-wrong", "设置不对", "Settings wrong", settings_wrong),
)
"""All of them; the first is where a playground begins."""
