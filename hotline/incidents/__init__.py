"""Parts of ours that are away for long: noticed, told, ended by themselves, and kept."""
