"""A Slack workspace and a Coze platform in a box, on 127.0.0.1 only. Imports nothing of the bot."""
