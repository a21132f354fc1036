"""Recordings of talks: begun after the notice, fetched, sealed, deleted at the carrier, played."""
