"""Agents: drafts, publications, versions."""

from ..world.coze import API, CHAT_SDK, Bot, Json, Version, Workspace
from ..world.faults import CozeFault
from . import errors, files
from .api import Call, Operation
from .channels import check_chosen, review, take_down
from .errors import ApiError

BLOCKED_WORDS = ("违禁", "forbidden-word")
"""Stand-ins for what Coze's machine audit refuses, so that a test can be refused."""

OFFICIAL_DIGITS = 8  # at most, in the number of a channel of Coze's own
MODEL = {"model_id": "1737521813", "model_name": "豆包·1.5·Pro·32k"}
PUBLISH_STATUSES = ("all", "published_online", "published_draft", "unpublished_draft")


def create(call: Call) -> Json:
    """POST /v1/bot/create"""
    space = call.workspace(call.text("space_id"))
    name = call.text("name", longest=20)
    description, details = _details(call)
    if call.body.get("icon_file_id"):
        files.find(call, call.text("icon_file_id"))
    bot = call.state.add_bot(name, space, call.token.user_id)
    bot.description, bot.details = description or "", details
    return {"bot_id": bot.id}


def update(call: Call) -> None:
    """POST /v1/bot/update: touches the draft alone."""
    bot = call.bot(call.text("bot_id"))
    name = call.text("name", longest=20, default=bot.name) or bot.name
    description, details = _details(call)
    bot.name = name
    bot.description = bot.description if description is None else description
    bot.details |= details
    bot.updated_at = call.state.now()
    call.state.changed()


def publish(call: Call) -> Json:
    """POST /v1/bot/publish"""
    bot = call.bot(call.text("bot_id"))
    space = call.state.workspaces[bot.workspace_id]
    if space.enterprise_id and bot.owner_id != call.token.user_id:
        raise errors.missing_permission("publish", f"bot_id={bot.id}")
    connectors = list(dict.fromkeys(call.texts("connector_ids", most=20)))
    _check_connectors(call, bot, connectors)
    if any(word in f"{bot.name} {bot.description} {bot.details}" for word in BLOCKED_WORDS):
        raise ApiError(4105, "The agent contains sensitive content, please modify it and try again.")
    version = call.state.publish(bot, call.token.user_id, connectors)
    rejected = call.struck(CozeFault.REVIEW_REJECTED)
    for connector_id in connectors:
        review(call.site, bot, connector_id, rejected=rejected)
    return {"bot_id": bot.id, "version": version.version}


def get(call: Call) -> Json:
    """GET /v1/bots/:bot_id: the published copy, or with is_published=false the draft."""
    bot = call.bot(call.path["bot_id"])
    return _full(bot, None) if call.query.get("is_published", "true") == "false" else _published(call, bot)


def get_online_info(call: Call) -> Json:
    """GET /v1/bot/get_online_info: deprecated, but what older SDKs ask."""
    return _published(call, call.bot(call.query.get("bot_id", "")))


def _published(call: Call, bot: Bot) -> Json:
    if not bot.versions or call.struck(CozeFault.NOT_PUBLISHED):
        raise errors.not_published(bot.id)
    online = {publication.online_version for publication in bot.publications.values()}
    versions = [version for version in bot.versions if version.version in online]
    if not versions:
        raise errors.not_published(bot.id)
    return _full(bot, versions[-1])


def list_bots(call: Call) -> Json:
    """GET /v1/bots"""
    space = call.workspace(call.query.get("workspace_id", ""))
    status = call.query.get("publish_status", "published_online")
    if status not in PUBLISH_STATUSES:
        raise errors.bad_parameter("publish_status")
    connector_id = call.query.get("connector_id") or API
    _check_listed(call, space, connector_id)
    bots = [
        bot
        for bot in call.state.bots.values()
        if bot.workspace_id == space.id and _has_status(bot, status, connector_id)
    ]
    return {"total": len(bots), "items": [_item(bot) for bot in call.page(bots, size=20, most=50)]}


def _check_listed(call: Call, space: Workspace, connector_id: str) -> None:
    """What Coze says of a channel that it does not know, or that is not in the space, is not documented: here it is
    refused as it is at publishing.
    """
    if not (connector_id.isascii() and connector_id.isdigit()):
        raise errors.bad_parameter("connector_id")
    if connector_id in call.state.channels and connector_id not in space.connectors:
        raise errors.missing_permission("listBot", f"connector_id={connector_id}")
    if connector_id not in call.state.channels and len(connector_id) > OFFICIAL_DIGITS:
        raise errors.bad_parameter("connector_id", f"{connector_id} is unknown")


def list_published(call: Call) -> Json:
    """GET /v1/space/published_bots_list: deprecated, the agents on the API channel."""
    space = call.workspace(call.query.get("space_id", ""))
    number, size = call.number("page_index", 1, most=10**6), call.number("page_size", 20, most=50)
    bots = [bot for bot in call.state.bots.values() if bot.workspace_id == space.id and bot.online(API)]
    items = [
        {
            "bot_id": bot.id,
            "bot_name": bot.name,
            "description": bot.description,
            "icon_url": "",
            "publish_time": str(int(bot.versions[-1].at)),
        }
        for bot in bots[(number - 1) * size : number * size]
    ]
    return {"total": len(bots), "space_bots": items}


def list_versions(call: Call) -> Json:
    """GET /v1/bots/:bot_id/versions, newest first.

    With a connector only what got online there: whether Coze lists a version that is still reviewed is not
    documented, so clients must take "not listed" for "pending".
    """
    bot = call.bot(call.path["bot_id"])
    status, connector_id = call.query.get("publish_status"), call.query.get("connector_id")
    if status not in (None, "", "published_online", "unpublished_draft"):
        raise errors.bad_parameter("publish_status")
    items = (
        []
        if status == "unpublished_draft"
        else [version for version in reversed(bot.versions) if _listed(call, bot, version, connector_id)]
    )
    page = call.page(items, size=10, most=30)
    number, size = call.number("page_num", 1, most=10**6), call.number("page_size", 10, most=30)
    return {"has_more": number * size < len(items), "items": [_version(call, version) for version in page]}


def unpublish(call: Call) -> None:
    """POST /v1/bots/:bot_id/unpublish: by the agent's owner or the channel's."""
    bot, connector_id = call.bot(call.path["bot_id"]), call.text("connector_id")
    call.text("unpublish_reason", longest=1024, default="")
    channel = call.state.channels.get(connector_id)
    if call.token.user_id not in (bot.owner_id, channel.creator_id if channel else None):
        raise errors.missing_permission("disconnectBot", f"bot_id={bot.id}")
    if connector_id not in bot.publications:
        raise errors.bad_parameter("connector_id")
    take_down(call.site, bot, connector_id)


def _check_connectors(call: Call, bot: Bot, connectors: list[str]) -> None:
    """Custom channels must exist, be installed where the agent lives, belong to the caller and come with 1024."""
    if not isinstance(call.body.get("connectors") or {}, dict):
        raise errors.bad_parameter("connectors")
    custom = [connector_id for connector_id in connectors if connector_id not in (API, CHAT_SDK)]
    for connector_id in custom:
        channel = call.state.channels.get(connector_id)
        if channel is None:
            raise errors.bad_parameter("connector_ids", f"{connector_id} can't be published to")
        installed = connector_id in call.state.workspaces[bot.workspace_id].connectors
        if not installed or channel.creator_id != call.token.user_id:
            raise errors.missing_permission("publish", f"connector_id={connector_id}")
        check_chosen(call, channel)
    if custom and API not in connectors:
        raise errors.bad_parameter("connector_ids", f"must contain {API}")


def _details(call: Call) -> tuple[str | None, Json]:
    """Description and the structured parts, within Coze's limits. Raises 4000."""
    description = None if call.body.get("description") is None else call.text("description", longest=500, default="")
    limits = {"prompt_info": ("prompt", 20_000), "onboarding_info": ("prologue", 300)}
    details: Json = {}
    for part, (inner, longest) in limits.items():
        value = call.body.get(part)
        if value is None:
            continue
        if not isinstance(value, dict) or not isinstance(value.get(inner, ""), str):
            raise errors.bad_parameter(part)
        if len(value.get(inner, "")) > longest:
            raise errors.bad_parameter(f"{part}.{inner}", f"is longer than {longest} characters")
        details[part] = value
    return description, details | _tools(call)


def _tools(call: Call) -> Json:
    """What it works with: plugins, workflows and the model. Raises 4000."""
    tools: Json = {}
    for part, inner in (("plugin_id_list", "id_list"), ("workflow_id_list", "ids")):
        if (value := call.body.get(part)) is not None:
            if not isinstance(value, dict) or not isinstance(value.get(inner, []), list):
                raise errors.bad_parameter(part)
            tools[part] = value.get(inner, [])
    if (model := call.body.get("model_info_config")) is not None:
        if not isinstance(model, dict) or not isinstance(model.get("model_id"), str):
            raise errors.bad_parameter("model_info_config.model_id")
        tools["model_info_config"] = model
    return tools


def _has_status(bot: Bot, status: str, connector_id: str) -> bool:
    if status == "all":
        return True
    if status == "unpublished_draft":
        return not bot.versions
    if status == "published_draft":
        return bot.online(connector_id) and bot.updated_at > bot.versions[-1].at
    return bot.online(connector_id)


def _listed(call: Call, bot: Bot, version: Version, connector_id: str | None) -> bool:
    if not connector_id:
        return True
    publication = bot.publications.get(connector_id)
    if publication and publication.state == "reviewing" and publication.version == version.version:
        return call.site.review_listed
    if publication is None or publication.online_version is None or connector_id not in version.connectors:
        return False
    return int(version.version) <= int(publication.online_version)


def _item(bot: Bot) -> Json:
    item: Json = {
        "id": bot.id,
        "name": bot.name,
        "icon_url": "",
        "folder_id": "",
        "description": bot.description,
        "is_published": bool(bot.versions),
        "updated_at": int(bot.updated_at),
        "owner_user_id": bot.owner_id,
    }
    if bot.versions:
        item["published_at"] = int(bot.versions[-1].at)
    return item


def _full(bot: Bot, version: Version | None) -> Json:
    details = version.details if version else bot.details
    return {
        "bot_id": bot.id,
        "name": version.name if version else bot.name,
        "description": version.description if version else bot.description,
        "icon_url": "",
        "create_time": int(bot.created_at),
        "update_time": int(version.at if version else bot.updated_at),
        "version": version.version if version else "",
        "prompt_info": details.get("prompt_info", {"prompt": ""}),
        "onboarding_info": details.get("onboarding_info", {"prologue": "", "suggested_questions": []}),
        "bot_mode": 0,
        "plugin_info_list": details.get("plugin_id_list", []),
        "workflow_info_list": details.get("workflow_id_list", []),
        "model_info": MODEL | details.get("model_info_config", {}),
        "owner_user_id": bot.owner_id,
    }


def _version(call: Call, version: Version) -> Json:
    author = call.state.users[version.author_id]
    return {
        "version": version.version,
        "changelog": version.changelog,
        "created_at": str(int(version.at)),
        "publish_status": "published_online",
        "creator": {"id": author.id, "name": author.name},
    }


OPERATIONS = [
    Operation("POST", "/v1/bot/create", "createBot", create),
    Operation("POST", "/v1/bot/update", "edit", update),
    Operation("POST", "/v1/bot/publish", "publish", publish),
    Operation("GET", "/v1/bots", "listBot", list_bots),
    Operation("GET", "/v1/bot/get_online_info", "getMetadata", get_online_info),
    Operation("GET", "/v1/space/published_bots_list", "getPublishedBot", list_published),
    Operation("GET", "/v1/bots/{bot_id}", "getMetadata", get),
    Operation("GET", "/v1/bots/{bot_id}/versions", "Bot.listVersion", list_versions),
    Operation("POST", "/v1/bots/{bot_id}/unpublish", "disconnectBot", unpublish),
]
