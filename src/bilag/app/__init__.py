"""The only place that wires the house together; the faces ask here."""
