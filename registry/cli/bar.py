"""The bar of a long run on a terminal: share, rows, rows per second and the time that is left."""

import sys
import time
from collections.abc import Callable
from typing import Final

Progress = Callable[[str, int, int | None], None]

_STEPS: Final = {"treat": "处理 / treating", "verify": "核验 / verifying"}
_WIDTH: Final = 24
# So often it is drawn at most, in seconds.
_PAUSE: Final = 0.1


def bar() -> Progress | None:
    """What draws the bar on the error output; nothing where that is no terminal."""
    if not sys.stderr.isatty():
        return None
    begun: dict[str, tuple[int, float]] = {}
    drawn = 0.0

    def show(step: str, done: int, of: int | None) -> None:
        nonlocal drawn
        now = time.monotonic()
        # What an earlier run did must not count as the speed of this one.
        first, start = begun.setdefault(step, (done, now))
        if now - drawn < _PAUSE and done != of:
            return
        drawn = now
        end = "\n" if done == of else ""
        sys.stderr.write(f"\r\x1b[K{line(step, done, of, done - first, now - start)}{end}")
        sys.stderr.flush()

    return show


def line(step: str, done: int, of: int | None, now: int, seconds: float) -> str:
    """The bar as text: `done` rows of `of`, `now` of them by this run in so many seconds."""
    parts = [_STEPS[step]]
    if of:
        full = done * _WIDTH // of
        parts.append(f"{'█' * full}{'░' * (_WIDTH - full)} {done / of:4.0%}")
    parts.append(f"{done:,} 行 / rows")
    if now and seconds > 0:
        rate = now / seconds
        parts.append(f"{rate:,.0f}/s")
        if of and done < of:
            minutes, rest = divmod(round((of - done) / rate), 60)
            parts.append(f"剩余 / left {minutes}:{rest:02d}")
    return "  ".join(parts)
