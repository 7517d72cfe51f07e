"""A refusal on the command line: the sentence of the pages, in both languages, exit 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from registry.errors import Invalid, Refusal


@contextmanager
def refusals() -> Iterator[None]:
    """Tell whatever is refused inside, with every problem of a document, and end the command."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(told(refusal)) from refusal


def told(refusal: Refusal) -> str:
    """Title and sentence in Chinese, then in English; a line for each problem."""
    from registry.edge.words import sentence

    lines = []
    for locale in ("zh", "en"):
        title, text = sentence(refusal, locale)
        lines.append(f"{title}{'：' if locale == 'zh' else ': '}{text}")
    if isinstance(refusal, Invalid):
        lines += [f"{one.message()} / {one.message('en')}" for one in refusal.problems]
    return "\n".join(lines)
