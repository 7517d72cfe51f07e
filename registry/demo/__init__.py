"""A made-up city: 54 units, 327 entries in every state, people for every role."""

from registry.demo.city import PEOPLE, build, password_of
from registry.demo.region import hand_down

__all__ = ["PEOPLE", "build", "hand_down", "password_of"]
