"""A default line, the countries of callbacks, and the lines' numbers in one form.

The files bring every number to its form again with the next `hotline apply`; until then a line is
found by what is brought to it here.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None

# Area codes and mobiles get their country; one that stands there already in that form is left out.
IN_ONE_FORM = """
    insert into phone_number (number, line_id)
    select distinct on (form) form, line_id from (
        select line_id, case
            when number ~ '^00[1-9]' then '+' || substr(number, 3)
            when number ~ '^0[1-9]' then '+86' || substr(number, 2)
            when number ~ '^1[3-9][0-9]{9}$' then '+86' || number
            when number ~ '^86[0-9]{7,}$' then '+' || number
        end as form from phone_number) as formed
    where form is not null on conflict do nothing
"""


def upgrade() -> None:
    """Apply. The numbers as they were stay too: the version before looks for them."""
    home = sa.text("""'["CN"]'::jsonb""")
    op.add_column(
        "line", sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column(
        "line",
        sa.Column("callback_countries", postgresql.JSONB(), nullable=False, server_default=home),
    )
    op.execute(IN_ONE_FORM)


def downgrade() -> None:
    """Take back. The version before finds numbers in either form."""
    op.drop_column("line", "callback_countries")
    op.drop_column("line", "is_default")
