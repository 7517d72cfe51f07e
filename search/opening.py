"""The door of the room: from an address in the settings to an index."""

from pathlib import Path
from urllib.parse import urlsplit

from search.protocol import Index


def open(url: str, data_dir: Path, **credentials: str) -> Index:
    """Open `tantivy:` under `data_dir/search`, or Elasticsearch at `http(s)://host:port[/alias]`.

    Credentials are `username`, `password` and `ca_certs`. Raises `ValueError` for another address
    and `Unavailable` when the engine does not answer. An engine is imported when it is used.
    """
    scheme = urlsplit(url).scheme
    if scheme == "tantivy":
        from search.embedded import TantivyIndex

        return TantivyIndex(data_dir / "search")
    if scheme in ("http", "https"):
        from search.elastic import ElasticIndex

        return ElasticIndex(url, **credentials)
    raise ValueError(f"no search engine at {url!r}")
