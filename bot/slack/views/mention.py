"""People, user groups and channels by their IDs, whose first letter says what each is."""

from slack_sdk.models.blocks import RichTextElement, RichTextElementParts


def in_mrkdwn(slack_id: str) -> str:
    """As mrkdwn names it."""
    match slack_id[:1]:
        case "S":
            return f"<!subteam^{slack_id}>"
        case "C" | "G":
            return f"<#{slack_id}>"
    return f"<@{slack_id}>"


def in_rich_text(slack_id: str) -> RichTextElement:
    """As an element of rich text."""
    match slack_id[:1]:
        case "S":
            return RichTextElementParts.UserGroup(usergroup_id=slack_id)
        case "C" | "G":
            return RichTextElementParts.Channel(channel_id=slack_id)
    return RichTextElementParts.User(user_id=slack_id)
