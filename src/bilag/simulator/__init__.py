"""A Pleo to run against: the Export API v3 and its webhooks on loopback. Shares no code with the adapters."""
