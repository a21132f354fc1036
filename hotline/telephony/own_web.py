"""Our own web, asked as the carrier would ask it: over the public address, signed."""

from dataclasses import dataclass
from urllib.parse import urlencode

import httpx

from hotline.telephony.signature import sign

WITHIN_S = 5.0


@dataclass(frozen=True, kw_only=True)
class OwnWeb:
    """`base_url`: what the carrier was given."""

    base_url: str
    account_sid: str
    token: str

    async def answers(self, path: str) -> bool:
        """Whether a signed webhook gets a document."""
        url, form = f"{self.base_url}{path}", {"AccountSid": self.account_sid, "CallSid": "CA-own"}
        signature = sign(url, list(form.items()), self.token)
        headers = {
            "X-Twilio-Signature": signature,
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            async with httpx.AsyncClient(timeout=WITHIN_S, trust_env=False) as client:
                answer = await client.post(url, content=urlencode(form), headers=headers)
        except httpx.HTTPError:
            return False
        return answer.status_code == httpx.codes.OK and "<Response" in answer.text
