"""Keeps the posting journal's promises: on disk in SQLite, and in memory for tests."""
