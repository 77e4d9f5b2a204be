"""Compiled kernels. Nothing in here is imported before it is asked for."""
