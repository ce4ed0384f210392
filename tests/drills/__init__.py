"""Drills: races, and processes killed at random moments. What must hold is looked for in the database and outside."""
