"""What things are: frozen values of the field, built on the standard library alone."""
