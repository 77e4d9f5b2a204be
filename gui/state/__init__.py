"""What the window shows: the document, the moment under its cursor, and the player. No widgets."""
