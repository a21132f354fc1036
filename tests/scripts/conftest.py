"""The scripts are no package: they find each other beside the one that is started."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "scripts"))
