"""Pages: GETs that render. Actions are the API's."""

from fastapi import FastAPI


def mount_pages(app: FastAPI) -> None:
    """Hang the pages on the application."""
    _ = app
