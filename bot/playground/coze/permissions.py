"""Permission keys of Coze's tokens, in the bundles that people tick on its website."""

DEVELOPER_KEYS = frozenset(
    {"createBot", "edit", "publish", "listBot", "getMetadata", "Bot.listVersion", "listWorkspace"}
    | {"chat", "getChat", "listMessage", "uploadFile"}
)
OWNER_KEYS = DEVELOPER_KEYS | {
    "getPublishedBot",
    "readMember",
    "addMember",
    "removeMember",
    "installConnector",
    "bindConnectorConfig",
    "disconnectBot",
    "Connector.disconnectBot",
    "getBenefit",
    "Bot.duplicate",
    "Workspace.createBot",
}
CHANNEL_KEYS = frozenset(
    {"Connector.botChat", "Connector.botUpdateProfile", "getMetadata", "chat", "getChat", "listMessage"}
)
