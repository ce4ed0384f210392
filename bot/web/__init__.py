"""The ASGI door: what comes in over HTTP. Knows nothing of Slack's matters but the signature."""
