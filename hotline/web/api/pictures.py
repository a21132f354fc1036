"""The picture by which a phone learns a secret, drawn here: it is shown to nobody else."""

import segno

from hotline.staff.second_factor import address_for_phones
from hotline.web.api.passwords import SecretOut

QUIET_BORDER = 4  # without it, phones do not find the picture on a dark page


def secret_shown(secret: str, username: str) -> SecretOut:
    """In letters, and as a picture in an address of its own kind (`data:`)."""
    drawn = segno.make_qr(address_for_phones(secret, username), error="m")
    picture = drawn.svg_data_uri(border=QUIET_BORDER, light="#fff")
    return SecretOut(secret=secret, picture=picture)
