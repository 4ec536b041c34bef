"""The one exception of this package."""


class DevStackError(Exception):
    """Something a person has to know or do; the text is shown as it is, without a traceback."""
