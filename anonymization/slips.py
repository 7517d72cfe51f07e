"""Names written out once in texts that hide them everywhere else.

A clerk writes 张某 in the first sentence and forgets it in the third. That the same surname comes
again proves nothing, of words many begin so: but where what follows it reads as a name far oftener
than behind the surname of another text, it is the one that was hidden.
"""

from typing import Final

import polars as pl

from anonymization import chance
from anonymization.dictionary import names, words

# What hides the rest of a name, and which of several of one surname it is.
_HIDDEN: Final = "(?:某{1,3}|[*＊×○]{1,3})[甲乙丙丁0-9]?"
# A form of address, a household and its village are no given names.
_NO_GIVEN: Final = "^(?:先生|女士|小姐|同志|老师|师傅|主任|经理|医生|[家氏姓府庄])"
# So many different names, of so many families.
_NAMES: Final = 5
_SEED: Final = 11


def written_out(values: pl.Series) -> int:
    """How many cells hide a name and write one of the same surname out; 0 where it is chance."""
    hidden = f"([{words()['surnames']}]){_HIDDEN}"
    texts = pl.DataFrame({"text": values}).filter(pl.col("text").str.contains(hidden))
    if texts.height < _NAMES:
        return 0
    rows = texts.select(
        pl.int_range(pl.len()).alias("row"),
        pl.col("text").str.extract_all(hidden).list.eval(pl.element().str.head(1)).list.unique()
        .alias("surname"),
        pl.col("text").str.replace_all(hidden, "\n").alias("rest"),
    ).explode("surname")  # fmt: skip
    behind_own = _named(rows)
    behind_another = _named(rows.with_columns(pl.col("surname").shuffle(seed=_SEED)))
    # 高速 and 金额 stand behind both.
    named = behind_own.join(behind_another, on="name", how="anti")
    words_only = behind_another.join(behind_own, on="name", how="anti")
    various = named["name"].unique()
    if len(various) < _NAMES or various.str.head(1).n_unique() < _NAMES - 1:
        return 0
    seen = named["row"].n_unique()
    return 0 if chance.likely(seen, words_only["row"].n_unique()) else seen


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows in whose rest a surname stands with what reads as a given name, and the names."""
    behind = rows.select(
        "row",
        "surname",
        pl.col("rest").str.splitn(pl.col("surname"), 2).struct[1].str.extract(r"^(\p{Han}{1,2})")
        .alias("given"),
    ).drop_nulls().filter(~pl.col("given").str.contains(_NO_GIVEN))  # fmt: skip
    three = behind.select(pl.col("surname") + pl.col("given")).to_series()
    two = three.str.head(2)
    return behind.select("row").with_columns(
        name=pl.when(names(three)).then(three).when(names(two)).then(two)
    ).drop_nulls()  # fmt: skip
