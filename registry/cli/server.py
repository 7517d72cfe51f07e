"""gunicorn over the settings: never preloaded, so that a fork loses nothing."""

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from registry.app import create_app
from registry.config import Settings
from registry.work import Worker


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        super().__init__()

    def load_config(self) -> None:
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        # Runs in the worker, after the fork: a thread started earlier would be gone.
        app = create_app(self.settings)
        Worker(self.settings, app.extensions["registry_database"]).start()
        return app


def options(settings: Settings) -> dict[str, Any]:
    """What gunicorn is told."""
    return {
        "bind": f"{settings.host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": "gthread",
        "threads": 8,
        "preload_app": False,
        # Its socket would lie in the home folder of whoever runs us, outside the data folder.
        "control_socket_disable": True,
        "graceful_timeout": 30,
        "timeout": 60,
        "limit_request_line": 8190,
        "loglevel": settings.log,
        "proc_name": "catalogue",
    }


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    _Server(settings).run()
