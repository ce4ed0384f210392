"""The chat side: a workspace that any unmodified Slack app can talk to."""
