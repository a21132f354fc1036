"""Everybody in a talk is a participant, the caller too. States hold no word that is unknown."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql import sqltypes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KNOWN = (
    (
        "call",
        "state",
        "'flow', 'waiting', 'connecting', 'talking', 'message', 'closing', 'ended'",
    ),
    ("call", "urgency", "'crisis', 'routine'"),
    (
        "call",
        "outcome",
        "'talked', 'message_left', 'callback_owed', 'hung_up', 'turned_away'",
    ),
    (
        "offer",
        "state",
        "'pending', 'accepted', 'declined', 'expired', 'withdrawn', 'failed'",
    ),
    (
        "presence",
        "state",
        "'offline', 'ready', 'offered', 'talking', 'wrapping_up', 'paused'",
    ),
    ("escalation", "state", "'open', 'acknowledged', 'accepted', 'reported', 'closed'"),
    ("escalation", "level", "'high', 'imminent'"),
    ("crisis_flag", "level", "'high', 'imminent'"),
    ("staff", "answers_on", "'browser', 'own_phone'"),
    ("staff_session", "kind", "'cookie', 'bearer'"),
)

STATES = "'asked', 'dialing', 'ringing', 'up', 'in_talk', 'ended'"

# Who was connected takes part in the talk; what the carrier said of a leg that is over stays.
LEGS = """
    insert into participant (id, call_id, role, state, wanted, hold_wanted, held, offer_id,
        staff_id, carrier_sid, address, created_at, dialled_at, answered_at, joined_at, ended_at,
        ended_as)
    select id, call_id, role,
        case when status = 'up' then 'in_talk'
             when status = 'dialing' and role = 'interpreter' and dialled_at is null then 'asked'
             when status in ('dialing', 'ringing') then status
             else 'ended' end,
        case when hang_up then 'out' else 'in' end, false, false, offer_id,
        staff_id, carrier_sid, address, created_at, coalesce(dialled_at, created_at), answered_at,
        answered_at, ended_at, case when status in ('dialing', 'ringing', 'up') then '' else status
        end
    from leg
"""
CALLERS = """
    insert into participant (id, call_id, role, state, wanted, hold_wanted, held, carrier_sid,
        address, created_at, joined_at, ended_as)
    select md5(id || 'caller'), id, 'caller', case state when 'talking' then 'in_talk' else 'asked'
        end, 'in', held, held, carrier_sid, '', accepted_at, joined_at, ''
    from call where state in ('connecting', 'talking')
"""
LEGS_BACK = """
    insert into leg (id, call_id, offer_id, staff_id, carrier_sid, role, address, status,
        dialled_at, hang_up, created_at, answered_at, ended_at)
    select id, call_id, offer_id, staff_id, carrier_sid, role, address,
        case state when 'asked' then 'dialing' when 'in_talk' then 'up'
             when 'ended' then coalesce(nullif(ended_as, ''), 'completed') else state end,
        dialled_at, wanted = 'out', created_at, answered_at, ended_at
    from participant where role <> 'caller'
"""
HELD_BACK = """
    update call set held = true where id in (
        select call_id from participant where role = 'caller' and hold_wanted)
"""
INTERPRETER_OFFERS = """
    update offer set interpreter = true where (facts ->> 'interpreter')::boolean
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "participant",
        *_participant_columns(),
        sa.CheckConstraint("role in ('caller', 'counselor', 'interpreter')", "role_is_known"),
        sa.CheckConstraint(f"state in ({STATES})", "state_is_known"),
        sa.CheckConstraint("wanted in ('in', 'out')", "wanted_is_known"),
    )
    op.execute(LEGS)
    op.execute(CALLERS)
    op.drop_table("leg")
    _add_indexes()
    op.drop_column("call", "held")
    op.drop_column("call", "callback_wanted")  # nobody read it: the outcome says what is owed
    none = sa.false()
    op.add_column(
        "offer", sa.Column("interpreter", sa.Boolean(), nullable=False, server_default=none)
    )
    op.execute(INTERPRETER_OFFERS)
    for table, column, values in KNOWN:
        op.create_check_constraint(f"{column}_is_known", table, f"{column} in ({values})")


def _participant_columns() -> list[sa.Column[object]]:
    moments = ("dialled_at", "sent_at", "answered_at", "joined_at", "ended_at")
    return [
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("role", sqltypes.AutoString(), nullable=False),
        sa.Column("state", sqltypes.AutoString(), nullable=False),
        sa.Column("wanted", sqltypes.AutoString(), nullable=False),
        sa.Column("hold_wanted", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("offer_id", sqltypes.AutoString(), sa.ForeignKey("offer.id"), nullable=True),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=True, unique=True),
        sa.Column("address", sqltypes.AutoString(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        *(sa.Column(name, sqltypes.UTCDateTime(), nullable=True) for name in moments),
        sa.Column("ended_as", sqltypes.AutoString(), nullable=False),
    ]


def _add_indexes() -> None:
    alive = sa.text("state <> 'ended'")
    op.create_index("participant_alive", "participant", ["state"], postgresql_where=alive)
    op.create_index("participant_call", "participant", ["call_id"])
    op.create_index("participant_created", "participant", ["created_at"])
    op.create_index("ix_participant_offer_id", "participant", ["offer_id"])
    op.create_index(
        "one_caller_a_call",
        "participant",
        ["call_id"],
        unique=True,
        postgresql_where=sa.text("role = 'caller'"),
    )
    op.create_index("offer_call", "offer", ["call_id", "offered_at"])
    op.create_index("offer_offered", "offer", ["offered_at"])
    op.create_index("call_counselor", "call", ["counselor_id", "joined_at"])
    op.create_index("record_writer", "record", ["staff_id", "saved_at"])


def downgrade() -> None:
    """Take back. A caller who hears music goes on to; all else the former version finds out."""
    for table, column, _ in KNOWN:
        op.drop_constraint(f"{column}_is_known", table)
    op.drop_index("record_writer", "record")
    op.drop_index("call_counselor", "call")
    op.drop_index("offer_offered", "offer")
    op.drop_index("offer_call", "offer")
    op.drop_column("offer", "interpreter")
    none = sa.false()
    for name in ("held", "callback_wanted"):
        op.add_column("call", sa.Column(name, sa.Boolean(), nullable=False, server_default=none))
    op.execute(HELD_BACK)
    op.create_table(
        "leg",
        sa.Column("id", sqltypes.AutoString(), primary_key=True),
        sa.Column("call_id", sqltypes.AutoString(), sa.ForeignKey("call.id"), nullable=False),
        sa.Column("offer_id", sqltypes.AutoString(), sa.ForeignKey("offer.id"), nullable=True),
        sa.Column("staff_id", sqltypes.AutoString(), sa.ForeignKey("staff.id"), nullable=True),
        sa.Column("carrier_sid", sqltypes.AutoString(), nullable=True, unique=True),
        sa.Column("role", sqltypes.AutoString(), nullable=False, server_default="counselor"),
        sa.Column("address", sqltypes.AutoString(), nullable=False),
        sa.Column("status", sqltypes.AutoString(), nullable=False),
        sa.Column("dialled_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("hang_up", sa.Boolean(), nullable=False),
        sa.Column("created_at", sqltypes.UTCDateTime(), nullable=False),
        sa.Column("answered_at", sqltypes.UTCDateTime(), nullable=True),
        sa.Column("ended_at", sqltypes.UTCDateTime(), nullable=True),
    )
    op.execute(LEGS_BACK)
    op.create_index("ix_leg_call_id", "leg", ["call_id"])
    op.create_index("ix_leg_offer_id", "leg", ["offer_id"])
    theirs = sa.text("role = 'interpreter'")
    op.create_index("leg_of_interpreter", "leg", ["status"], postgresql_where=theirs)
    op.drop_table("participant")
