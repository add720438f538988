"""Double-entry text books for beancount and hledger, kept in one folder."""
