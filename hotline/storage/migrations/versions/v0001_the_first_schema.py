"""The first schema."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql import sqltypes

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""

    op.create_table(
        "beat",
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "idempotent_answer",
        sa.Column("key", sqltypes.AutoString(), nullable=False),
        sa.Column("body_hash", sqltypes.AutoString(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index(
        op.f("ix_idempotent_answer_created_at"), "idempotent_answer", ["created_at"], unique=False
    )
    op.create_table(
        "inbox",
        sa.Column("dedupe_key", sqltypes.AutoString(), nullable=False),
        sa.Column("received_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answer", sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("dedupe_key"),
    )
    op.create_index(op.f("ix_inbox_received_at"), "inbox", ["received_at"], unique=False)
    op.create_table(
        "leadership",
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("since", sqltypes.UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "station",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqltypes.AutoString(), nullable=False),
        sa.Column("division", sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqltypes.AutoString(), nullable=False),
        sa.Column("parent_id", sqltypes.AutoString(), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "line",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("name_en", sqltypes.AutoString(), nullable=False),
        sa.Column("number_shown", sqltypes.AutoString(), nullable=False),
        sa.Column("duty_phone", sqltypes.AutoString(), nullable=False),
        sa.Column("station_id", sqltypes.AutoString(), nullable=True),
        sa.Column("languages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("flow", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("flow_version", sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "staff",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("username", sqltypes.AutoString(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("password_hash", sqltypes.AutoString(), nullable=False),
        sa.Column("roles", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("station_id", sqltypes.AutoString(), nullable=True),
        sa.Column("lines", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("skills", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("own_phone", sqltypes.AutoString(), nullable=False),
        sa.Column("answers_on", sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("username"),
    )
    op.create_table(
        "station_contact",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("station_id", sqltypes.AutoString(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("name", sqltypes.AutoString(), nullable=False),
        sa.Column("phone", sqltypes.AutoString(), nullable=False),
        sa.Column("pin_hash", sqltypes.AutoString(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_station_contact_station_id"), "station_contact", ["station_id"], unique=False
    )
    op.create_table(
        "call",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=False),
        sa.Column("line_id", sqltypes.AutoString(), nullable=False),
        sa.Column("from_sealed", sqltypes.AutoString(), nullable=False),
        sa.Column("from_masked", sqltypes.AutoString(), nullable=False),
        sa.Column("from_index", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("language", sqltypes.AutoString(), nullable=False),
        sa.Column("topic", sqltypes.AutoString(), nullable=True),
        sa.Column("urgency", sqltypes.AutoString(), nullable=False),
        sa.Column("step", sqltypes.AutoString(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("waits", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("heard_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("queued_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("accepted_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("joined_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("left_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("outcome", sqltypes.AutoString(), nullable=True),
        sa.Column("outcome_step", sqltypes.AutoString(), nullable=False),
        sa.Column("counselor_id", sqltypes.AutoString(), nullable=True),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("callback_wanted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["counselor_id"],
            ["staff.id"],
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["line.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("carrier_sid"),
    )
    op.create_index(
        "call_alive", "call", ["state"], unique=False, postgresql_where=sa.text("state <> 'ended'")
    )
    op.create_index("call_arrived", "call", ["arrived_at"], unique=False)
    op.create_index(op.f("ix_call_from_index"), "call", ["from_index"], unique=False)
    op.create_table(
        "phone_number",
        sa.Column("number", sqltypes.AutoString(), nullable=False),
        sa.Column("line_id", sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["line.id"],
        ),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index(op.f("ix_phone_number_line_id"), "phone_number", ["line_id"], unique=False)
    op.create_table(
        "presence",
        sa.Column("staff_id", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqltypes.AutoString(), nullable=False),
        sa.Column("since", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("idle_since", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=True),
        sa.Column("back_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("lease_until", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("staff_id"),
    )
    op.create_table(
        "staff_session",
        sa.Column("token_hash", sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"], unique=False)
    op.create_table(
        "call_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_call_event_call_id"), "call_event", ["call_id"], unique=False)
    op.create_table(
        "crisis_flag",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("raised_by", sqltypes.AutoString(), nullable=True),
        sa.Column("level", sqltypes.AutoString(), nullable=False),
        sa.Column("summary_sealed", sqltypes.AutoString(), nullable=False),
        sa.Column("client_key", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["raised_by"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("client_key"),
    )
    op.create_index(op.f("ix_crisis_flag_call_id"), "crisis_flag", ["call_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("reason", sqltypes.AutoString(), nullable=False),
        sa.Column("stage", sqltypes.AutoString(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("offered_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("expires_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "offer_pending_call",
        "offer",
        ["call_id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_index(
        "one_pending_offer_a_counselor",
        "offer",
        ["staff_id"],
        unique=True,
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "record",
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("staff_id", sqltypes.AutoString(), nullable=False),
        sa.Column("contact_type", sqltypes.AutoString(), nullable=False),
        sa.Column("topics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("risk", sqltypes.AutoString(), nullable=False),
        sa.Column("disposition", sqltypes.AutoString(), nullable=False),
        sa.Column("follow_up", sa.Boolean(), nullable=False),
        sa.Column("narrative_sealed", sqltypes.AutoString(), nullable=False),
        sa.Column("saved_at", sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("call_id"),
    )
    op.create_table(
        "escalation",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("case_number", sqltypes.AutoString(), nullable=False),
        sa.Column("flag_id", sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("station_id", sqltypes.AutoString(), nullable=False),
        sa.Column("level", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("policy", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("next_due_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("acknowledged_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("acknowledged_by", sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqltypes.AutoString(), nullable=True),
        sa.CheckConstraint(
            "state = 'closed' or next_due_at is not null", name="open_has_a_next_deadline"
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["flag_id"],
            ["crisis_flag.id"],
        ),
        sa.ForeignKeyConstraint(
            ["station_id"],
            ["station.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_number"),
        sa.UniqueConstraint("flag_id"),
    )
    op.create_index(
        "escalation_due",
        "escalation",
        ["next_due_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(op.f("ix_escalation_call_id"), "escalation", ["call_id"], unique=False)
    op.create_index(op.f("ix_escalation_station_id"), "escalation", ["station_id"], unique=False)
    op.create_table(
        "leg",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("call_id", sqltypes.AutoString(), nullable=False),
        sa.Column("offer_id", sqltypes.AutoString(), nullable=True),
        sa.Column("staff_id", sqltypes.AutoString(), nullable=True),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=True),
        sa.Column("address", sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqltypes.AutoString(), nullable=False),
        sa.Column("hang_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["call.id"],
        ),
        sa.ForeignKeyConstraint(
            ["offer_id"],
            ["offer.id"],
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"],
            ["staff.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("carrier_sid"),
    )
    op.create_index(op.f("ix_leg_call_id"), "leg", ["call_id"], unique=False)
    op.create_index(op.f("ix_leg_offer_id"), "leg", ["offer_id"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("id", sqltypes.AutoString(), nullable=False),
        sa.Column("escalation_id", sqltypes.AutoString(), nullable=False),
        sa.Column("contact_id", sqltypes.AutoString(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("channel", sqltypes.AutoString(), nullable=False),
        sa.Column("dedupe_key", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("due_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("lease_until", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=True),
        sa.Column("last_error", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["station_contact.id"],
        ),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("carrier_sid"),
        sa.UniqueConstraint("dedupe_key"),
    )
    op.create_index(
        "attempt_due",
        "attempt",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state in ('pending', 'leased', 'submitting', 'unknown')"),
    )
    op.create_index(op.f("ix_attempt_escalation_id"), "attempt", ["escalation_id"], unique=False)
    op.create_table(
        "escalation_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("kind", sqltypes.AutoString(), nullable=False),
        sa.Column("actor", sqltypes.AutoString(), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["escalation_id"],
            ["escalation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        op.f("ix_escalation_event_escalation_id"),
        "escalation_event",
        ["escalation_id"],
        unique=False,
    )


def downgrade() -> None:
    """Take back."""

    op.drop_index(op.f("ix_escalation_event_escalation_id"), table_name="escalation_event")
    op.drop_table("escalation_event")
    op.drop_index(op.f("ix_attempt_escalation_id"), table_name="attempt")
    op.drop_index(
        "attempt_due",
        table_name="attempt",
        postgresql_where=sa.text("state in ('pending', 'leased', 'submitting', 'unknown')"),
    )
    op.drop_table("attempt")
    op.drop_index(op.f("ix_leg_offer_id"), table_name="leg")
    op.drop_index(op.f("ix_leg_call_id"), table_name="leg")
    op.drop_table("leg")
    op.drop_index(op.f("ix_escalation_station_id"), table_name="escalation")
    op.drop_index(op.f("ix_escalation_call_id"), table_name="escalation")
    op.drop_index(
        "escalation_due", table_name="escalation", postgresql_where=sa.text("state <> 'closed'")
    )
    op.drop_table("escalation")
    op.drop_table("record")
    op.drop_index(
        "one_pending_offer_a_counselor",
        table_name="offer",
        postgresql_where=sa.text("state = 'pending'"),
    )
    op.drop_index(
        "offer_pending_call", table_name="offer", postgresql_where=sa.text("state = 'pending'")
    )
    op.drop_table("offer")
    op.drop_index(op.f("ix_crisis_flag_call_id"), table_name="crisis_flag")
    op.drop_table("crisis_flag")
    op.drop_index(op.f("ix_call_event_call_id"), table_name="call_event")
    op.drop_table("call_event")
    op.drop_index(op.f("ix_staff_session_staff_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_table("presence")
    op.drop_index(op.f("ix_phone_number_line_id"), table_name="phone_number")
    op.drop_table("phone_number")
    op.drop_index(op.f("ix_call_from_index"), table_name="call")
    op.drop_index("call_arrived", table_name="call")
    op.drop_index("call_alive", table_name="call", postgresql_where=sa.text("state <> 'ended'"))
    op.drop_table("call")
    op.drop_index(op.f("ix_station_contact_station_id"), table_name="station_contact")
    op.drop_table("station_contact")
    op.drop_table("staff")
    op.drop_table("line")
    op.drop_table("station")
    op.drop_table("leadership")
    op.drop_index(op.f("ix_inbox_received_at"), table_name="inbox")
    op.drop_table("inbox")
    op.drop_index(op.f("ix_idempotent_answer_created_at"), table_name="idempotent_answer")
    op.drop_table("idempotent_answer")
    op.drop_table("beat")
