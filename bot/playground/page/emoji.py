"""The emoji that can be written by name. Others stay as `:name:`, as Slack shows an emoji it doesn't know."""

import re

EMOJI = {
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "x": "❌", "no_entry": "⛔", "no_entry_sign": "🚫",
    "warning": "⚠️", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "alarm_clock": "⏰", "calendar": "📅",
    "tada": "🎉", "rocket": "🚀", "sparkles": "✨", "wave": "👋", "eyes": "👀", "point_right": "👉",
    "thumbsup": "👍", "+1": "👍", "thumbsdown": "👎", "-1": "👎", "pray": "🙏", "bulb": "💡", "bell": "🔔",
    "no_bell": "🔕", "key": "🔑", "lock": "🔒", "unlock": "🔓", "closed_lock_with_key": "🔐", "link": "🔗",
    "inbox_tray": "📥", "memo": "📝", "mag": "🔍", "speech_balloon": "💬", "question": "❓", "exclamation": "❗",
    "white_medium_small_square": "◽", "large_green_circle": "🟢", "large_yellow_circle": "🟡", "red_circle": "🔴",
    "information_source": "ℹ️", "arrow_right": "➡️", "repeat": "🔁", "hammer_and_wrench": "🛠️", "gear": "⚙️",
    "smile": "😄", "slightly_smiling_face": "🙂", "eyeglasses": "👓", "robot_face": "🤖", "frame_with_picture": "🖼️",
    "heavy_multiplication_x": "✖️", "hand": "✋", "clipboard": "📋", "bar_chart": "📊", "fire": "🔥", "heart": "❤️",
}  # fmt: skip

_NAME = re.compile(r":([a-z0-9_+-]+):")


def with_emoji(text: str) -> str:
    """`text` with the known `:names:` turned into signs."""
    return _NAME.sub(lambda match: EMOJI.get(match[1], match[0]), text)
