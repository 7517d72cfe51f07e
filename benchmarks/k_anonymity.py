"""k-anonymize the Adult table with its hierarchies: cost (NCP) and seconds after loading.

python benchmarks/k_anonymity.py FOLDER     # adult.csv and adult_hierarchy_<column>.csv
"""

import csv
import sys
import time
from pathlib import Path

import polars as pl

from anonymization import risk
from anonymization.recoding import anonymize_k


def main(folder: Path) -> None:
    """Print one line for each k."""
    frame = pl.read_csv(folder / "adult.csv", separator=";", infer_schema=False)
    trees = {}
    for name in frame.columns:
        if name != "salary-class":
            with (folder / f"adult_hierarchy_{name}.csv").open() as file:
                trees[name] = {row[0]: tuple(row) for row in csv.reader(file, delimiter=";")}
    for k in (5, 10):
        began = time.process_time()
        made = anonymize_k(frame, trees, k)
        spent = time.process_time() - began
        reached = risk.measure(made.frame, list(trees)).k
        print(f"k={k} reached={reached} classes={made.classes} NCP={made.ncp:.4f} CPU={spent:.2f}s")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
