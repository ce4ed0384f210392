"""The schema's history, for Alembic. Imported only when the schema is not at head."""
