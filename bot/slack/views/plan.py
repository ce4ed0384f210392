"""A plan: what a machine is at, task by task. It spins, so it stands only while that lasts, and in messages alone.

Where a client does not draw it, the message's `text` tells the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from slack_sdk.models.blocks import PlanBlock, TaskCardBlock

Task = tuple[str, Literal["complete", "in_progress", "pending"]]
"""What it is and how far that is known to be."""


def plan(title: str, tasks: Sequence[Task], subject: str, now: datetime) -> PlanBlock:
    """`subject` names the row and its state: with each update Slack wants another block_id."""
    cards = [
        TaskCardBlock(task_id=str(number), title=task, status=status)
        for number, (task, status) in enumerate(tasks, 1)
    ]
    return PlanBlock(title=title, tasks=cards, block_id=f"{subject}:{int(now.timestamp())}")


def in_turn(*titles: str, done: int = 0) -> list[Task]:
    """Tasks one after the other: so many are done, the next was begun, and nothing is known of the others."""
    return [
        (title, "complete" if number < done else "pending" if number > done else "in_progress")
        for number, title in enumerate(titles)
    ]
