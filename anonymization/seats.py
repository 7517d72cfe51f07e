"""Places that are numbered by row and place, where people sit, lie or leave what is theirs.

Neither the row nor the place says who it is; both together are one seat, bed, berth or grave, and
whoever was there, or reads the stone, knows whose.
"""

import re
from typing import Final

import polars as pl

from anonymization import headers
from anonymization.findings import drawn, matching

# What is numbered stands in front of it or not: 座位排号, 墓位, 排.
_OF: Final = "(?:所在|座位|席位|墓[区位穴]?|床|铺|车位|摊|泊|看台|寄存|骨灰)?"
_ROW: Final = re.compile(
    f"^{_OF}(?:排|行|列|架|组|面)(?:号|数|次|序号)?$|^(?:seat_?)?row(?:_?no)?$"
)
_PLACE: Final = re.compile(
    f"^{_OF}(?:位|座|席|穴|格|床|铺|号|列|箱|柜)(?:号|次|序号)?$|^(?:seat|place|bed|plot)(?:_?no)?$"
)
_NUMBER: Final = (
    "^第?(?:[0-9]{1,4}|[A-Za-z]|[一二三四五六七八九十百]{1,5})[排行列架组面位座席穴格床铺号箱柜]?$"
)


def numbered(texts: pl.DataFrame) -> tuple[str, ...]:
    """The columns that number a row and a place in it; none where there are not both."""
    spoken = {name: headers.read(name).spoken for name in texts.columns}
    rows, places = (
        [one for one, said in spoken.items() if part.search(said)] for part in (_ROW, _PLACE)
    )
    pairs = ((row, place) for row in rows for place in places if row != place)
    return next((pair for pair in pairs if all(_counts(texts[one]) for one in pair)), ())


def _counts(values: pl.Series) -> bool:
    return matching(drawn(values.drop_nulls()), _NUMBER) > 0.95
