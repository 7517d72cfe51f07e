"""A question that stays: whether one entry answers it, without asking an engine.

An engine finds the entries of a question; here a new entry finds its questions. It is the tree
that counts, walked over the tokens the engines are given, so both ways agree on every entry.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from search import documents
from search.plan import AllOf, AnyOf, BestOf, Fixed, Node, Term, Without, plan
from search.protocol import SearchDoc
from search.synonyms import Lexicon


@dataclass(frozen=True)
class Tokens:
    """What the engines would hold of one entry, by field."""

    fields: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, doc: SearchDoc) -> "Tokens":
        """Cut an entry as it is cut for an index."""
        made = documents.index_doc(doc)
        texts = {name: frozenset(text.split(" ")) for name, text in made.tokens.items()}
        return cls({**texts, **{name: frozenset(words) for name, words in made.words.items()}})

    def answer(
        self,
        text: str,
        filters: Mapping[str, tuple[str, ...]],
        lexicon: Lexicon | None = None,
    ) -> bool:
        """Tell whether the entry counts as a hit; rights are the reader's and not asked here.

        A question with neither text nor filter is answered by nothing.
        """
        chosen = {name: values for name, values in filters.items() if values}
        full = plan(text, lexicon).full
        if full is None and (text.strip() or not chosen):
            return False
        return (full is None or self._hold(full)) and all(
            not self.fields.get(name, frozenset()).isdisjoint(documents.usable(values))
            for name, values in chosen.items()
        )

    def _hold(self, node: Node) -> bool:
        if isinstance(node, Term):
            return node.token in self.fields.get(node.field, ())
        if isinstance(node, Fixed):
            return self._hold(node.node)
        if isinstance(node, Without):
            return self._hold(node.node) and not self._hold(node.refused)
        if isinstance(node, AllOf):
            return all(map(self._hold, node.nodes))
        assert isinstance(node, AnyOf | BestOf)
        return any(map(self._hold, node.nodes))
