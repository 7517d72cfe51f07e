"""What the domain refuses: raised where the rule is known, with facts; `edge` finds the words."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from schemas import Problem


class Refusal(Exception):
    """Something that was asked for is not done; nothing of it is stored.

    `code` names the reason (the key of the sentence shown), `facts` fill the sentence.
    """

    status: ClassVar[int] = 400

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts: Mapping[str, object] = facts


class Invalid(Refusal):
    """A document or form breaks rules; `problems` holds one entry per fault, with its field."""

    status = 422

    def __init__(self, problems: Sequence[Problem], code: str = "invalid", **facts: object) -> None:
        super().__init__(code, **facts)
        self.problems = tuple(problems)


class Unreadable(Refusal):
    """What was sent cannot be read at all: a wrong file, a broken body, a wrong shape."""

    status = 400


class SignInNeeded(Refusal):
    """Nobody is signed in and the page wants a name."""

    status = 401


class Forbidden(Refusal):
    """The actor has no right to this act, or took an incompatible step before."""

    status = 403


class Missing(Refusal):
    """There is no such thing, or none that this reader may know of: the answer is the same."""

    status = 404

    def __init__(self, code: str = "missing", **facts: object) -> None:
        super().__init__(code, **facts)


class Unclear(Invalid):
    """A filter that cannot be understood; 409, as clients of CKAN know it."""

    status = 409


class Gone(Refusal):
    """It was public and is no longer; `key` leads to the tombstone that says why."""

    status = 410


class Conflict(Refusal):
    """The thing is no longer in the state the asker saw."""

    status = 409


class Outdated(Refusal):
    """The caller holds an older text than the one stored (If-Match)."""

    status = 412


class Unconditional(Refusal):
    """The caller does not say which text he has seen."""

    status = 428


class TooLarge(Refusal):
    """More was sent than a request may hold."""

    status = 413


class Unsupported(Refusal):
    """What was sent is of a kind that is not read here."""

    status = 415


class Unacceptable(Refusal):
    """None of the forms this can be had in is one the asker reads; the facts name them."""

    status = 406


class TooMany(Refusal):
    """The asker must wait; `retry_after` is in seconds."""

    status = 429

    def __init__(self, code: str, retry_after: int, **facts: object) -> None:
        super().__init__(code, **facts)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """A part of the system does not answer now; the same call may go through later."""

    status = 503

    def __init__(self, code: str = "unavailable", retry_after: int = 5, **facts: object) -> None:
        super().__init__(code, **facts)
        self.retry_after = retry_after
