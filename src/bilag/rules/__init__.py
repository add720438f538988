"""What accounting requires: pure functions over domain values."""
