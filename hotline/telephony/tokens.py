"""The short-lived token with which a counselor's browser becomes a telephone.

Whether the person may have one is left to the endpoint that hands it out.
"""

import re
from datetime import datetime, timedelta

from twilio.jwt.access_token import AccessToken
from twilio.jwt.access_token.grants import VoiceGrant

from hotline.errors import Invalid

LONGEST = timedelta(minutes=15)
_IDENTITY = re.compile(r"[A-Za-z0-9_]{1,121}")  # what the carrier allows in `client:` addresses


def softphone_token(
    *,
    account_sid: str,
    api_key_sid: str,
    api_key_secret: str,
    identity: str,
    now: datetime,
    ttl: timedelta = LONGEST,
) -> str:
    """A signed token to receive calls as `client:<identity>`, and none to place them.

    Every outgoing leg is dialled by us, so the browser needs no right to dial. The life
    is cut to `LONGEST`. Raises `Invalid` for an identity the carrier would not take.
    """
    if not _IDENTITY.fullmatch(identity):
        raise Invalid("A softphone name may hold letters, digits and underscores only.")
    start = int(now.timestamp())
    token = AccessToken(
        account_sid,
        api_key_sid,
        api_key_secret,
        grants=[VoiceGrant(incoming_allow=True)],
        identity=identity,
        nbf=start,
        valid_until=start + int(min(ttl, LONGEST).total_seconds()),
    )
    return str(token.to_jwt())
