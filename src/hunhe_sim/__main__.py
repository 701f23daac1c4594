"""`python -m hunhe_sim`: make a world, serve its register, play a day in it, or let it live."""

import sys

from hunhe_sim.command import main

sys.exit(main())
