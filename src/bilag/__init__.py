"""Exports approved Pleo expenses into accounting systems, each booked once."""

__version__ = "0.1.0"
