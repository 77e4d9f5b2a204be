"""What Nabla ships beside its code: icons, translations, lessons, data.

Read with ``importlib.resources.files("resources")``: it works from a checkout and from a wheel.
"""
