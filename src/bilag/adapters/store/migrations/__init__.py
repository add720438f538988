"""The way of a database from empty to the newest tables, one step a file."""
