"""All that may stand in the way of closing a case: one line for each package that knows of some."""

from collections.abc import Sequence

from hotline.cases.hindrances import CaseLook
from hotline.escalations.cases import alarms_in_the_way

LOOKS: Sequence[CaseLook] = (alarms_in_the_way,)
