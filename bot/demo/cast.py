"""Who and what the bot's stories begin with: people and channels of the chat, accounts, tokens and agents on Coze."""

from bot.playground.coze.keys import Keyring
from bot.playground.coze.permissions import CHANNEL_KEYS, DEVELOPER_KEYS, OWNER_KEYS
from bot.playground.coze.platform import CozeCast
from bot.playground.world.chat import ELSEWHERE, Channel, Person
from bot.playground.world.coze import AppKind, Json, OAuthApp, User
from bot.playground.world.coze_state import CozeState
from bot.playground.world.workspace import Workspace

TEAM = "ShargeAI"
SEATS = ("mei:home", "lin:admins")  # Home has something to say before anybody has written
ADMIN_GROUP = "S0ADMINS"
ADMINS, GENERAL, RANDOM = "C0ADMINS", "C0GENERAL", "C0RANDOM"

USERS = {
    "mei": ("7530412083311050001", "小美"),
    "tom": ("3182540961170002", "Tom"),
    "lin": ("7530412083311050027", "林姐"),
    "owner": ("7530412083311050003", TEAM),
}
WORKSPACE_ID = "7530498800217600004"
CONNECTOR_ID, CONNECTOR_NAME = "7530519246604500005", "闪极智能体"
JWT_APP, CHANNEL_APP = ("jwt_app", "1178531043225"), ("channel", "1178531043226")
DEVICE_APP, PKCE_APP = "30367218850462391740056127943611.app.coze", "30367218850462391740056127943628.app.coze"
REDIRECT_URL = "http://localhost:8080/callback"
SIGN_IN_APPS: tuple[tuple[str, AppKind, str, tuple[str, ...]], ...] = (
    (DEVICE_APP, "device", "闪极接入助手", ()),
    (PKCE_APP, "pkce", "闪极接入网页版", (REDIRECT_URL,)),
)
PATS = ("mei", "mei_no_publish", "expired", "owner")
EDITION = "pro_personal"
"""The owner's, who pays: the bot looks as often as people would like it to."""
DAY = 86_400.0


def people(team_id: str) -> list[Person]:
    """Everybody: two members, two admins, a guest, somebody from another workspace and somebody who has left."""
    shanghai, new_york = "Asia/Shanghai", "America/New_York"
    return [
        Person("mei", "U0MEI", "小美", "zh-CN", shanghai, team_id=team_id, face="梅", tone=1),
        Person("tom", "U0TOM", "Tom Baker", "en-US", new_york, team_id=team_id, face="T", tone=2),
        Person("lin", "U0LIN", "林经理", "zh-CN", shanghai, "admin", team_id=team_id, face="林", tone=3),
        Person("wang", "U0WANG", "王工", "zh-CN", shanghai, "admin", team_id=team_id, face="王", tone=4),
        Person(
            "guest", "U0GUEST", "访客小周", "zh-CN", shanghai, "guest", restricted=True, team_id=team_id, face="周"
        ),
        Person("stranger", "U0STRANGER", "Sam Stone", "en-US", new_york, "stranger", team_id=ELSEWHERE, face="S"),
        Person("gone", "U0GONE", "老郑", "zh-CN", shanghai, deleted=True, team_id=team_id, face="郑"),
    ]


def fill_chat(workspace: Workspace) -> None:
    """Put everybody into the chat, and the main app into the channels that it works in."""
    workspace.name = TEAM
    workspace.people = {person.handle: person for person in people(workspace.team_id)}
    known = workspace.people
    bots = {app.bot_user for app in list(workspace.apps.values())[:1]}
    admins = {known["lin"].id, known["wang"].id}
    inside = {known[handle].id for handle in ("mei", "tom", "lin", "wang", "guest")}
    mixed = inside | {known["stranger"].id}
    channels = [
        Channel(ADMINS, "admins", "private", admins | bots, topic={"zh": "接入审批", "en": "Access requests"}),
        Channel(GENERAL, "general", "channel", inside | bots, topic={"zh": "公告", "en": "News"}),
        Channel(RANDOM, "random", "channel", mixed, shared=True, topic={"zh": "闲聊", "en": "Small talk"}),
    ]
    workspace.channels = {channel.id: channel for channel in channels}
    workspace.usergroups = {ADMIN_GROUP: admins}
    workspace.group_names = {ADMIN_GROUP: "admins"}


def user_id(handle: str) -> str:
    """The Coze id of somebody of the cast."""
    return USERS[handle][0]


def _fill_coze(state: CozeState, keys: Keyring) -> None:
    """The draft in Mei's own space is what everybody meets first."""
    accounts = {handle: state.add_user(handle, *about) for handle, about in USERS.items()}
    accounts["owner"].label, accounts["owner"].user_level = {"zh": "空间主", "en": "Owner"}, EDITION
    _spaces(state, accounts)
    _tokens(state, keys)
    _apps(state, keys)
    state.add_bot("晨间助手", state.personal_space(user_id("mei")), user_id("mei"))


def _spaces(state: CozeState, accounts: dict[str, User]) -> None:
    team = state.add_workspace(TEAM, accounts["owner"].id, workspace_id=WORKSPACE_ID)
    team.connectors.add(CONNECTOR_ID)
    for handle in ("mei", "tom"):
        state.add_workspace("个人空间" if handle == "mei" else "Personal", accounts[handle].id, personal=True)


def _tokens(state: CozeState, keys: Keyring) -> None:
    now, mei, owner = state.now(), user_id("mei"), user_id("owner")
    ends = now + 30 * DAY
    pats = {name: keys.token(name) for name in PATS}
    state.add_token(pats["mei"], "pat", mei, DEVELOPER_KEYS, name="glasses-trial", expires_at=ends)
    state.add_token(pats["mei_no_publish"], "pat", mei, DEVELOPER_KEYS - {"publish"}, expires_at=ends)
    state.add_token(pats["expired"], "pat", mei, DEVELOPER_KEYS, name="old", expires_at=now - DAY)
    state.add_token(pats["owner"], "pat", owner, OWNER_KEYS, name="operator", expires_at=ends)
    state.add_token(keys.token("service", "sat"), "sat", owner, OWNER_KEYS, name="concierge")


def _apps(state: CozeState, keys: Keyring) -> None:
    """Mei's developer app, which the owner opened the team's space to as well; the channel's; two to sign in to."""
    app = keys.app(*JWT_APP).register(state, "glasses-jwt", user_id("mei"), OWNER_KEYS)
    app.authorised[user_id("mei")] = None
    app.authorised[user_id("owner")] = frozenset({WORKSPACE_ID})
    channel_app = keys.app(*CHANNEL_APP).register(state, CONNECTOR_NAME, user_id("owner"), CHANNEL_KEYS)
    channel_app.kind, channel_app.connector_id = "channel", CONNECTOR_ID
    channel_app.authorised[user_id("owner")] = None
    for app_id, kind, name, urls in SIGN_IN_APPS:
        state.apps[app_id] = OAuthApp(app_id, name, kind, user_id("owner"), OWNER_KEYS, redirect_urls=urls)
    state.add_channel(CONNECTOR_ID, CONNECTOR_NAME, user_id("owner"), channel_app.id, keys.word("callback"))


def _coze_facts(keys: Keyring) -> Json:
    return {
        "workspace_id": WORKSPACE_ID,
        "connector_id": CONNECTOR_ID,
        "edition": EDITION,
        "owner_token": keys.token("service", "sat"),
        "users": {handle: user_id(handle) for handle in USERS},
        "pats": {name: keys.token(name) for name in PATS},
        "jwt_app": {**keys.app(*JWT_APP).facts, "account_id": user_id("owner")},
        "sign_in": {"client_id": DEVICE_APP, "pkce": {"client_id": PKCE_APP, "redirect_url": REDIRECT_URL}},
        "channel": {**keys.app(*CHANNEL_APP).facts, "callback_token": keys.word("callback")},
    }


COZE = CozeCast(_fill_coze, _coze_facts)
