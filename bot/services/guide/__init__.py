"""The guide: a person's progress along a route, and what each kind of step checks."""
