"""`python3 scripts/demo.py`: sets everything up and starts Hotline beside a simulated carrier."""

import sys

from setup_environment import continue_inside, prepare

if __name__ == "__main__":
    prepare("requirements.lock")
    continue_inside(["-m", "hotline", "demo", *sys.argv[1:]])
