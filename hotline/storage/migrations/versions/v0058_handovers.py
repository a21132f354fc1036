"""Consents, the ledger of what was handed to other bodies, and guardians nobody may ring."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql import sqltypes

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

LIVE = sa.text("lifted_at is null")


def upgrade() -> None:
    """Apply."""
    _create_consents()
    _create_provisions()
    _create_blocks()


def _create_consents() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _points_to("case_id", "care_case.id"),
        _points_to("call_id", "call.id"),
        _word("given_by"),
        _points_to("person_id", "case_person.id"),
        _word("relation"),
        _text("giver_index"),
        _word("how"),
        _points_to("said_in_id", "call.id"),
        _moment("given_at", nullable=False),
        _word("age"),
        _list("recipients"),
        _list("purposes"),
        _list("kinds"),
        _text("opinion"),
        _text("opinion_sealed"),
        _word("by"),
        _moment("at", nullable=False),
        _moment("withdrawn_at"),
        _moment("withdrawn_known_at"),
        _text("withdrawn_who"),
        _text("withdrawn_by"),
        _one_of("given_by", "person", "guardian"),
        _one_of("how", "said", "written", "message"),
        _one_of("age", "under_14", "from_14", "adult", "unknown"),
        _one_of("opinion", "", "agrees", "objects", "not_asked"),
        _one_of("withdrawn_who", "", "giver", "person", "other_guardian", "recorder"),
        _of_something(),
        sa.CheckConstraint("given_by <> 'guardian' or opinion <> ''", name="the_child_is_heard"),
        sa.CheckConstraint(
            "(withdrawn_at is null) = (withdrawn_who = '')", name="withdrawn_by_somebody"
        ),
    )
    for column in ("case_id", "call_id"):
        op.create_index(f"ix_consent_{column}", "consent", [column])


def _create_provisions() -> None:
    op.create_table(
        "provision",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _points_to("case_id", "care_case.id"),
        _points_to("call_id", "call.id"),
        _points_to("escalation_id", "escalation.id"),
        sa.Column("once_key", sqltypes.AutoString(), nullable=True, unique=True),
        _word("recipient_kind"),
        _word("recipient"),
        _text("recipient_id"),
        _word("purpose"),
        _list("kinds"),
        _word("basis"),
        _points_to("consent_id", "consent.id"),
        _text("article"),
        _text("urgency"),
        _points_to("supervisor_id", "staff.id"),
        _word("by"),
        _moment("at", nullable=False),
        _moment("tell_due_at"),
        _moment("told_at"),
        _text("told_how"),
        _text("told_by"),
        _moment("not_told_at"),
        _text("not_told_by"),
        _text("not_told_sealed"),
        _one_of("basis", "consent", "guardian_consent", "statutory_duty", "emergency"),
        _one_of("urgency", "", "imminent", "high", "supervisor"),
        _one_of("told_how", "", "call", "in_person", "written", "message"),
        _of_something(),
        *_what_each_basis_needs(),
    )
    for column in ("case_id", "call_id", "escalation_id", "consent_id"):
        op.create_index(f"ix_provision_{column}", "provision", [column])
    op.create_index("provision_by_time", "provision", ["at"])
    op.create_index(
        "provision_to_tell",
        "provision",
        ["tell_due_at"],
        postgresql_where=sa.text(
            "tell_due_at is not null and told_at is null and not_told_at is null"
        ),
    )


def _what_each_basis_needs() -> list[sa.CheckConstraint]:
    needs = {
        "a_consent_is_named": (
            "(basis in ('consent', 'guardian_consent')) = (consent_id is not null)"
        ),
        "a_law_is_named": "(basis = 'statutory_duty') = (article <> '')",
        "an_emergency_has_a_reason": "(basis = 'emergency') = (urgency <> '')",
        "told_after_an_emergency": "(basis = 'emergency') = (tell_due_at is not null)",
        "told_or_not": "told_at is null or not_told_at is null",
    }
    return [sa.CheckConstraint(rule, name=name) for name, rule in needs.items()]


def _create_blocks() -> None:
    op.create_table(
        "guardian_block",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        _points_to("case_id", "care_case.id", nullable=False),
        _points_to("person_id", "case_person.id", nullable=False),
        _text("number_index"),
        _word("by"),
        _moment("at", nullable=False),
        _moment("lifted_at"),
        _text("lifted_by"),
    )
    op.create_index("ix_guardian_block_case_id", "guardian_block", ["case_id"])
    op.create_index(
        "guardian_block_number", "guardian_block", ["number_index"], postgresql_where=LIVE
    )
    op.create_index(
        "one_block_for_each", "guardian_block", ["person_id"], unique=True, postgresql_where=LIVE
    )


def _of_something() -> sa.CheckConstraint:
    rule = "case_id is not null or call_id is not null"
    return sa.CheckConstraint(rule, name="of_a_case_or_a_call")


def _one_of(column: str, *values: str) -> sa.CheckConstraint:
    allowed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} in ({allowed})", name=f"{column}_is_known")


def _points_to(name: str, whom: str, *, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), sa.ForeignKey(whom), nullable=nullable)


def _word(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sqltypes.AutoString(), nullable=False, server_default="")


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb"))


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def downgrade() -> None:
    """Take back."""
    for table in ("guardian_block", "provision", "consent"):
        op.drop_table(table)
