"""The instruments: each draws what it was last told to, and owns no model state."""
