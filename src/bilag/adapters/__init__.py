"""Keeps the promises of the ports, one folder per outside system."""
