"""PostgreSQL, the only truth: tables, the one commit, the vault, migrations."""
