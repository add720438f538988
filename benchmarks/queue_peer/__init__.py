"""An export as many services do it: Django, and a queue with a task for every item."""
