"""The steps, oldest first by their numbers; a step that was released is never changed."""
