"""Labs: a few views and one inspector around one question."""
