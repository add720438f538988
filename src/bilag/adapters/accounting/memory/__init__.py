"""Books in memory: an accounting system for tests that answers honestly, and fails when it is told to."""
