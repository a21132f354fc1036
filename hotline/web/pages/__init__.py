"""What people see: GET only, each answers with HTML. Every change is a command under /api/v1."""

from fastapi import FastAPI
from starlette.responses import Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from hotline.web.pages import calls, demo, desk, escalations, floor, login
from hotline.web.pages.rendering import STATIC, VERSION, asset_version

FOR_EVER = "public, max-age=31536000, immutable"
ROUTERS = (login.router, desk.router, floor.router, calls.router, escalations.router, demo.router)


class Assets(StaticFiles):
    """Scripts and styles: kept for ever under the name of their version, else asked for again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A page that was open before a new version finds the new files under the old names."""
        version, _, name = path.partition("/")
        versioned = bool(VERSION.fullmatch(version)) and bool(name)
        answer = await super().get_response(name if versioned else path, scope)
        ours = versioned and version == asset_version()
        answer.headers["Cache-Control"] = FOR_EVER if ours else "no-cache"
        return answer


def mount_pages(app: FastAPI) -> None:
    """Hang pages and static files on the application."""
    app.mount("/static", Assets(directory=STATIC), name="static")
    for router in ROUTERS:
        app.include_router(router)
    app.state.page_paths = page_paths()


def page_paths() -> frozenset[str]:
    """The addresses that pages answer: the rail shows no place that is not there."""
    routes = [route for router in ROUTERS for route in router.routes]
    return frozenset(route.path for route in routes if isinstance(route, Route))
