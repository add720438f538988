"""Keeps the posting journal's promises: in a SQLite file, in PostgreSQL, and in memory for tests."""
