"""`hotline demo`: the whole house beside a simulated carrier, seeded, on loopback only."""

import os
import secrets
import time
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

from hotline.launcher import (
    Fleet,
    add_house,
    bound_socket,
    fleet,
    free_address,
    stop_on_signals,
    wait_until_ready,
)
from hotline.settings import Settings

Say = Callable[[str], None]
