"""Scripts and referral places: what a counselor has at hand beside the talk. See README.md."""
