"""Keeps secrets on disk so that the file alone gives none of them away."""
