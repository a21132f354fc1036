"""Files of escalations, shifts that are handed over, and browsers that are told at once."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

CHANNELS = ("phone", "text", "mail", "webhook")


def upgrade() -> None:
    """Apply."""
    _create_attachment()
    _create_handover()
    _create_subscription()
    _allow(*CHANNELS, "push")


def _create_attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _text("subject_kind"),
        _text("subject_id"),
        _text("kind"),
        _staff("added_by", nullable=False),
        _moment("added_at", nullable=False),
        _text("path"),
        sa.Column("small", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("size", sa.Integer(), nullable=False),
        _text("sha256"),
        _text("key_id"),
        sa.Column("comment_sealed", sqltypes.AutoString(), nullable=False, server_default=""),
        _moment("removed_at"),
        _moment("keep_until", nullable=False),
        _moment("due_at"),
        _moment("erased_at"),
        sa.CheckConstraint(
            "subject_kind in ('escalation', 'visit', 'case')", name="subject_kind_is_known"
        ),
        sa.CheckConstraint("kind in ('picture', 'document')", name="kind_is_known"),
    )
    op.create_index("attachment_subject", "attachment", ["subject_kind", "subject_id", "added_at"])
    _index_due("attachment")


def _create_handover() -> None:
    op.create_table(
        "shift_handover",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("station_id", sqltypes.AutoString(), sa.ForeignKey("station.id"), nullable=False),
        _staff("from_id", nullable=False),
        _staff("to_id"),
        sa.Column("note_sealed", sqltypes.AutoString(), nullable=False, server_default=""),
        _moment("created_at", nullable=False),
        _moment("due_at"),
        _moment("shown_at"),
        _moment("taken_at"),
        _staff("taken_by"),
        _moment("withdrawn_at"),
    )
    op.create_index("shift_handover_station", "shift_handover", ["station_id", "created_at"])
    _index_due("shift_handover")
    op.create_index(
        "shift_handover_open_of",
        "shift_handover",
        ["from_id"],
        unique=True,
        postgresql_where=sa.text("taken_at is null and withdrawn_at is null"),
    )
    op.create_table(
        "shift_item",
        _part_of("handover_id", "shift_handover.id"),
        _part_of("escalation_id", "escalation.id"),
        sa.Column("moved", sa.Boolean(), nullable=True),
    )
    op.create_index("ix_shift_item_escalation_id", "shift_item", ["escalation_id"])


def _create_subscription() -> None:
    op.create_table(
        "push_subscription",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _staff("staff_id", nullable=False),
        sa.Column("address_index", sqltypes.AutoString(), nullable=False, unique=True),
        sa.Column("address_sealed", sqltypes.AutoString(), nullable=False, server_default=""),
        _text("key_id"),
        _moment("created_at", nullable=False),
        _moment("ended_at"),
    )
    op.create_index(
        "push_subscription_live",
        "push_subscription",
        ["staff_id"],
        postgresql_where=sa.text("ended_at is null"),
    )


def _index_due(table: str) -> None:
    op.create_index(
        f"{table}_due", table, ["due_at"], postgresql_where=sa.text("due_at is not null")
    )


def _allow(*channels: str) -> None:
    known = ", ".join(f"'{one}'" for one in channels)
    op.drop_constraint("channel_is_known", "delivery", type_="check")
    op.create_check_constraint("channel_is_known", "delivery", f"channel in ({known})")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _staff(name: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=nullable)


def _part_of(name: str, other: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(other), primary_key=True)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back. What was told by push is forgotten, and files stay on the disk without a name."""
    op.execute("delete from attempt where id in (select id from delivery where channel = 'push')")
    op.execute("delete from delivery where channel = 'push'")
    _allow(*CHANNELS)
    for table in ("push_subscription", "shift_item", "shift_handover", "attachment"):
        op.drop_table(table)
