"""What we ask of the outside: small protocols and the trouble that can come back."""
