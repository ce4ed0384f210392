"""The bot in the playground: what the playground is told of it, and the demo, which runs both in one process."""
