"""The commands of an installation: what may be typed, and nothing of what is done.

One process each: serve, switchboard, worker, auditor. All at once: up, or demo with a
simulated carrier.

Timers and tools call these commands all day, and people ask for `--help`. So each command imports
its parts when it runs (README: decision 8); `tests/hotline/cli` looks at what is loaded.
"""

import typer

from hotline.cli.flows import flow_app
from hotline.cli.installation import (
    apply,
    configuration_app,
    fallback,
    make_key,
    make_push_key,
    migrate,
    staff_app,
    stations_app,
)
from hotline.cli.keeping import audit_app, drills_app, keys_app
from hotline.cli.planning import forecast, plan_app, replay, simulate
from hotline.cli.processes import auditor, demo, serve, switchboard, up, worker

HELP = """The commands of an installation.

One process each: serve, switchboard, worker, auditor. All at once: up, or demo with a
simulated carrier.
"""

app = typer.Typer(no_args_is_help=True, add_completion=False, help=HELP)
PROCESSES = (serve, switchboard, worker, auditor, up, demo)
for command in (*PROCESSES, migrate, apply, fallback, replay, simulate, forecast):
    app.command()(command)
app.command("make-key")(make_key)
app.command("make-push-key")(make_push_key)
app.add_typer(configuration_app, name="configuration")
app.add_typer(staff_app, name="staff")
app.add_typer(stations_app, name="stations")
app.add_typer(plan_app, name="plan")
app.add_typer(flow_app, name="flow")
app.add_typer(audit_app, name="audit")
app.add_typer(drills_app, name="drills")
app.add_typer(keys_app, name="keys")


def main() -> None:
    """Run the command line."""
    app()
