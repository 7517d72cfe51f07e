"""Print how many leaks of each kind the gate finds in sound releases, and which it misses.

    python benchmarks/leaks.py [BASES] [SEED]

Every leak of tests/anonymization/leaks_of_*.py is put into BASES sound releases (three unless
given), one at a time; right is a finding of the right cause that names the column. The bases
themselves must pass.
"""

import sys
from collections import Counter

from anonymization import trials, verify
from tests.anonymization.leaks import bases, is_found, pairs
from tests.anonymization.leaks_of_lives import lives
from tests.anonymization.leaks_of_numbers import numbers


def main(each: int, seed: int) -> None:
    """Print a line for each kind, then the leaks that were missed, then false alarms."""
    trials.remember()
    leaks = [*numbers(), *lives()]
    tried: Counter[str] = Counter()
    right: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    for leak, case in pairs(leaks, each, seed):
        tried[leak.kind] += 1
        found, _ = is_found(case)
        right[leak.kind] += found
        missed[leak.name] += not found
    for kind, count in tried.items():
        print(f"{kind:<24}{right[kind]:>5} of {count}")
    print(f"{'all':<24}{right.total():>5} of {tried.total()} ({len(leaks)} leaks)")
    for name, times in missed.most_common():
        if times:
            print(f"missed {times} times: {name}")
    alarms = [one.title for one in bases() if not verify(one.frame, one.claim, **one.others).passed]
    print(f"false alarms: {len(alarms)} of {len(bases())} {'; '.join(alarms)}")


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:3]]
    main(*(given + [3, 1][len(given) :]))
