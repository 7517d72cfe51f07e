"""Finds personal data in tables, treats it by a plan, and attacks the result to prove it.

The engine is loaded at first use, so that a page may show and check plans without it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from anonymization.crypto import make_key
from anonymization.errors import Refused
from anonymization.plan import check_plan
from anonymization.proposal import propose

if TYPE_CHECKING:
    from anonymization.attacks import verify
    from anonymization.detection import detect
    from anonymization.fitting import fit
    from anonymization.pipeline import apply, measure, treat
    from anonymization.recoding import anonymize_k
    from anonymization.restoring import restore
    from anonymization.samples import made_up
    from anonymization.streaming import mask_file

__all__ = [
    "Refused",
    "anonymize_k",
    "apply",
    "check_plan",
    "detect",
    "fit",
    "made_up",
    "make_key",
    "mask_file",
    "measure",
    "propose",
    "restore",
    "treat",
    "verify",
]

_ENGINE = {
    "anonymize_k": "recoding",
    "fit": "fitting",
    "made_up": "samples",
    "apply": "pipeline",
    "detect": "detection",
    "mask_file": "streaming",
    "measure": "pipeline",
    "restore": "restoring",
    "treat": "pipeline",
    "verify": "attacks",
}


def __getattr__(name: str) -> Any:
    if name not in _ENGINE:
        raise AttributeError(name)
    return getattr(import_module(f"anonymization.{_ENGINE[name]}"), name)
