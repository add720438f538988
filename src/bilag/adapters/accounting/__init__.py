"""Accounting systems, one folder each; registry.py lists them."""
