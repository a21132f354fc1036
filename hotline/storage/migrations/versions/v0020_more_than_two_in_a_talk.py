"""More than two in a talk: colleagues, guests, supervisors; who hears whom; help that is wanted."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ROLES_BEFORE = "role in ('caller', 'counselor', 'interpreter')"
ROLES = "role in ('caller', 'counselor', 'interpreter', 'colleague', 'guest', 'supervisor')"
TEXTS = (("held_for", ""), ("voice_wanted", "open"), ("to_say", ""), ("name", ""))
FLAGS = ("ends_wanted", "takes_over")
VOICES = "in ('open', 'muted', 'coach')"

# Until now the talk was over when caller or counselor left it, and the carrier knows that.
ENDS = """
    update participant set ends_wanted = true, ends = true
    where role <> 'interpreter' and state = 'in_talk'
"""
# Whoever is neither caller, counselor nor interpreter has no place in an older talk.
LEAVE = "delete from participant where role in ('colleague', 'guest', 'supervisor')"


def upgrade() -> None:
    """Apply."""
    _replace_check("participant", "role_is_known", ROLES)
    for name, default in TEXTS:
        op.add_column("participant", _text(name, default))
    op.add_column("participant", _text("voice", "open", nullable=True))
    for name in FLAGS:
        op.add_column("participant", _flag(name))
    op.add_column("participant", _flag("ends", nullable=True))
    for name in ("voice_wanted", "voice"):
        op.create_check_constraint(f"{name}_is_known", "participant", f"{name} {VOICES}")
    op.execute(ENDS)
    op.add_column("offer", _text("kind", "call"))
    op.create_check_constraint("kind_is_known", "offer", "kind in ('call', 'consult')")
    op.add_column(
        "line", sa.Column("shows_listening", sa.Boolean(), nullable=False, server_default="true")
    )
    _create_help_call()


def downgrade() -> None:
    """Take back. Who listens, helps or was consulted leaves the rows."""
    op.drop_table("help_call")
    op.drop_column("line", "shows_listening")
    op.drop_column("offer", "kind")
    op.execute(LEAVE)
    for name in ("voice", "ends", *(name for name, _ in TEXTS), *FLAGS):
        op.drop_column("participant", name)
    _replace_check("participant", "role_is_known", ROLES_BEFORE)


def _create_help_call() -> None:
    op.create_table(
        "help_call",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _key("call_id", "call"),
        _key("line_id", "line"),
        _key("staff_id", "staff"),
        sa.Column("asked_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("taken_at", sqltypes.UTCDateTime()),
    )
    is_open = sa.text("taken_at is null")
    op.create_index("help_call_open", "help_call", ["line_id"], postgresql_where=is_open)
    op.create_index(
        "one_open_help_a_call", "help_call", ["call_id"], unique=True, postgresql_where=is_open
    )


def _key(name: str, table: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(f"{table}.id"), nullable=False)


def _text(name: str, default: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=nullable, server_default=default)


def _flag(name: str, *, nullable: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=nullable, server_default="false")


def _replace_check(table: str, name: str, rule: str) -> None:
    op.drop_constraint(name, table, type_="check")
    op.create_check_constraint(name, table, rule)
