"""Joining as people see it: forms, the admins' cards, the person's own, the thread and the queue."""
