"""A stretch of a question, and what may stand for it."""

from dataclasses import dataclass

from search import analysis


@dataclass(frozen=True)
class Part:
    """A stretch of a question and what else may stand for it.

    `variants` mean the same and count like it, `near` ones too but stand behind, `related` only
    score. An entry need not hold a part that is not required; `weight` is what it adds to the
    score. `touches` says that nothing stood between this part and the one before, `is_element`
    that it must be found among the data elements, `may_be_element` that it counts more there,
    `is_instead` that it or the part needed before it will do, `is_heard` that it was typed as
    pinyin and may be found by its sound as well. One that is no term may only sound like some: it
    is `alike` to these. One that `is_spare` need be held only where some entry holds it beside the
    rest, `is_literal` that it is of the number of a standard and no pinyin. One that `is_told`
    stands for several words of the question, and is nowhere written as it is here. A term may be
    `made_of` two words, and holds where both stand, whatever lies between them.
    """

    text: str
    variants: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    is_required: bool = True
    touches: bool = False
    is_element: bool = False
    may_be_element: bool = False
    is_heard: bool = False
    alike: tuple[str, ...] = ()
    is_told: bool = False
    is_instead: bool = False
    is_guess: bool = False
    is_spare: bool = False
    is_literal: bool = False
    weight: float = 1.0
    endings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    made_of: tuple[tuple[str, str], ...] = ()

    @property
    def is_term(self) -> bool:
        """Tell whether the dictionary knows the part as it is written."""
        return bool(self.variants or self.near or self.related) and not self.is_alike

    @property
    def is_alike(self) -> bool:
        """Tell whether the part is no term, and only sounds like some."""
        return bool(self.alike)

    @property
    def is_lone(self) -> bool:
        """Tell whether the part is one character no dictionary knows: mostly what a cut left over.

        着 of 睡不着 stands in few titles, and would outweigh what was asked by being rare.
        """
        return len(self.text) == 1 and not self.is_term and analysis.is_han(self.text)

    @property
    def is_han(self) -> bool:
        """Tell whether the part is written in Chinese characters only."""
        return analysis.is_han(self.text) or all(han for _, han in analysis.pieces(self.text))

    @property
    def clauses(self) -> int:
        """Tell how many tokens looked up the part costs."""
        return sum(max(1, len(run) - 1) if han else 1 for run, han in analysis.pieces(self.text))
