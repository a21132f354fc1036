"""Referrals: places that take them, what was sent where, and the links that answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

CHECKS = {
    "state_is_known": (
        "state in ('advised', 'sent', 'accepted', 'not_come', 'came', 'declined', 'resulted',"
        " 'settled', 'withdrawn')"
    ),
    "urgency_is_known": "urgency in ('today', 'this_week', 'planned')",
    "may_tell_is_known": "may_tell in ('came_only', 'codes', 'words')",
    "decline_is_known": "decline in ('', 'full', 'not_ours', 'closed')",
    "result_is_known": (
        "result in ('', 'treated', 'admitted', 'further_visit', 'referred_on', 'no_need', 'seen')"
    ),
    "proposal_is_known": "proposal in ('nothing', 'follow_up', 'visit')",
    "open_is_due": (
        "(state in ('sent', 'accepted', 'not_come', 'came', 'declined')) = (due_at is not null)"
    ),
}


def upgrade() -> None:
    """Apply."""
    op.add_column("referral_place", _text("duty_phone"))
    op.add_column("referral_place", sa.Column("verified_on", sa.Date(), nullable=True))
    empty = sa.text("'{}'::jsonb")
    op.add_column(
        "referral_place", sa.Column("receives", JSONB(), nullable=False, server_default=empty)
    )
    _create_referrals()
    _create_letters()
    _create_links()


def _create_referrals() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _key("case_id", "care_case.id"),
        _key("place_id", "referral_place.id"),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqltypes.AutoString(), nullable=False),
        _text("urgency", "planned"),
        _text("words_sealed"),
        sa.Column("kinds", JSONB(), nullable=False),
        _text("handed_sealed"),
        _text("may_tell", "came_only"),
        _text("provision_id"),
        sa.Column("by", sqltypes.AutoString(), nullable=False),
        _moment("at", nullable=False),
        _moment("promised_at"),
        _moment("due_at"),
        _count("told"),
        _moment("answered_at"),
        _moment("appointment_at"),
        _text("decline"),
        _text("result"),
        _text("result_sealed"),
        _text("proposal", "nothing"),
        _moment("ended_at"),
        sa.Column("in_time", sa.Boolean(), nullable=True),
        _key("instead_of_id", "referral.id", nullable=True),
        *(sa.CheckConstraint(rule, name=name) for name, rule in CHECKS.items()),
    )
    for column in ("case_id", "place_id"):
        op.create_index(f"ix_referral_{column}", "referral", [column])
    is_due = sa.text("due_at is not null")
    op.create_index("referral_due", "referral", ["due_at"], postgresql_where=is_due)


def _create_letters() -> None:
    op.create_table(
        "referral_letter",
        sa.Column("id", sqltypes.AutoString(), sa.ForeignKey("delivery.id"), primary_key=True),
        _key("referral_id", "referral.id"),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        _text("link_hash"),
        sa.CheckConstraint("kind in ('link', 'code')", name="kind_is_known"),
    )
    op.create_index("ix_referral_letter_referral_id", "referral_letter", ["referral_id"])


def _create_links() -> None:
    op.create_table(
        "referral_link",
        sa.Column("hash", sqltypes.AutoString(), primary_key=True),
        _key("referral_id", "referral.id"),
        _moment("expires_at", nullable=False),
        _text("code_hash"),
        _moment("code_until"),
        _count("wrong"),
        _count("codes"),
        _moment("codes_since"),
        _text("proof_hash"),
        _moment("proof_until"),
        sa.Column("locked", sa.Boolean(), nullable=False, server_default="false"),
    )
    op.create_index("ix_referral_link_referral_id", "referral_link", ["referral_id"])


def _key(name: str, target: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(target), nullable=nullable)


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default=default)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default="0")


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back."""
    for table in ("referral_link", "referral_letter", "referral"):
        op.drop_table(table)
    for column in ("receives", "verified_on", "duty_phone"):
        op.drop_column("referral_place", column)
