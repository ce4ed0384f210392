"""Joining the team: the request, its decision, the invitation, and leaving again."""
