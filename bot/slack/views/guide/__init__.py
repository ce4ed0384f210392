"""The guide as people see it: its cards and forms, and how each kind of step shows."""
