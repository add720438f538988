"""Speaks Pleo's Export API v3. Pleo's field names stay in the modules whose names begin with `wire`."""
