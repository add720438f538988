"""Makes one file out of several receipts, for books that take only one."""
