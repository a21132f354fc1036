"""`python -m hotline.simulator`: a carrier on loopback, set up by SIMULATOR_… variables."""

from hotline.simulator.app import serve
from hotline.simulator.settings import SimulatorSettings

serve(SimulatorSettings())
