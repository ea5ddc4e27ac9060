"""The few kinds of error that a user can mend.

::

    SaksflytError           a sentence: what, where, what to do
    ├── UsageError          wrong use or configuration, output not writable        exit 2
    │   └── TooBig          a model has too many states to hold cases against it
    ├── DataError           the data cannot be used                                exit 3
    │   ├── EmptyLog        a question was put to a log without cases
    │   └── PersonalData    a column holds personal data and nobody has said what to do with it
    ├── Busy                another run has the same thing in its hands            exit 5
    ├── StorageError        the disk failed while writing, or a stored log is damaged   exit 4
    └── Undelivered         all was done, but a message could not be delivered     exit 6

Anything else that is raised is a fault in the program and ends with exit 4 as well.
"""

from __future__ import annotations


class SaksflytError(Exception):
    """A fault that the user can mend. The message is one sentence for a person: what, where, what to do."""

    exit_code = 4


class UsageError(SaksflytError):
    """The command or the configuration cannot be followed, or the output cannot be written where asked."""

    exit_code = 2


class TooBig(UsageError):
    """A model can be in so many states that no case can be held against it exactly."""


class Busy(SaksflytError):
    """Another run holds the lock and has not let go of it in time."""

    exit_code = 5


class DataError(SaksflytError):
    """The data cannot be used: unreadable, without the columns that a log needs, or empty."""

    exit_code = 3


class EmptyLog(DataError):
    """A measure was asked of a log (or of a selection) that holds no cases."""


class PersonalData(DataError):
    """Columns hold national ids, account numbers or e-mail addresses and no role says what to do with them."""


class StorageError(SaksflytError):
    """The disk failed while a result was written, or a stored log is damaged."""


class Undelivered(SaksflytError):
    """All was judged and written, but a message could not be delivered; it waits for the next run."""

    exit_code = 6
