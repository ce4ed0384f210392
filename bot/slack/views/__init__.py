"""What people see in Slack: pure functions from values to messages and modals. The time comes in as `now`."""
