"""The application for a WSGI server: one per worker, made after the fork."""

from flask import Flask

from registry import config
from registry.app import create_app


def application() -> Flask:
    """The application over the settings of the environment."""
    return create_app(config.load())
