"""What we remember: tables, engine and queries. One code path for SQLite and PostgreSQL."""
