"""Second factors, links by which people choose a password, and sessions that can be told apart."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TEXT, MOMENT = sqltypes.AutoString, sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    for name in ("device", "address"):
        column: sa.Column[str] = sa.Column(name, TEXT(), nullable=False, server_default="")
        op.add_column("staff_session", column)
    for name in ("seen_at", "confirmed_at"):
        op.add_column("staff_session", sa.Column(name, MOMENT, nullable=True))
    for name in ("disabled_at", "signed_in_at"):
        op.add_column("staff", sa.Column(name, MOMENT, nullable=True))
    _make_second_factors()
    _make_half_sign_ins()
    _make_invitations_and_acts()


def _staff(name: str = "staff_id") -> sa.Column[str]:
    return sa.Column(name, TEXT(), sa.ForeignKey("staff.id"), nullable=False)


def _make_second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("staff_id", TEXT(), sa.ForeignKey("staff.id"), primary_key=True),
        sa.Column("secret_sealed", TEXT(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("code_hash", TEXT(), primary_key=True),
        _staff(),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_index("ix_recovery_code_staff_id", "recovery_code", ["staff_id"])


def _make_half_sign_ins() -> None:
    op.create_table(
        "half_sign_in",
        sa.Column("token_hash", TEXT(), primary_key=True),
        _staff(),
        sa.Column("wants", TEXT(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("device", TEXT(), nullable=False, server_default=""),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint("wants in ('code', 'enrol')", name="wants_is_known"),
    )
    for column in ("staff_id", "expires_at"):
        op.create_index(f"ix_half_sign_in_{column}", "half_sign_in", [column])


def _make_invitations_and_acts() -> None:
    op.create_table(
        "invitation",
        sa.Column("token_hash", TEXT(), primary_key=True),
        _staff(),
        _staff("by_id"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    )
    op.create_table(
        "account_act",
        sa.Column("id", TEXT(), primary_key=True),
        _staff(),
        _staff("by_id"),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("kind", TEXT(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=True),
    )
    for table in ("invitation", "account_act"):
        op.create_index(f"ix_{table}_staff_id", table, ["staff_id"])


def downgrade() -> None:
    """Take back. Second factors are gone: who had one signs in by password alone."""
    for table in ("account_act", "invitation", "half_sign_in", "recovery_code", "second_factor"):
        op.drop_table(table)
    for name in ("signed_in_at", "disabled_at"):
        op.drop_column("staff", name)
    for name in ("confirmed_at", "seen_at", "address", "device"):
        op.drop_column("staff_session", name)
