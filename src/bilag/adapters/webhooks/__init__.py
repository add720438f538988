"""Webhooks: taken on a port of ours, checked, and remembered."""
