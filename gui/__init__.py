"""The window of Nabla. Knows the engine; the engine does not know it."""
