"""The carrier's signature on a webhook: making one and checking one.

The scheme is Twilio's: HMAC-SHA1 over the URL the carrier was given and the sorted form fields.
Written here because the library's check costs more than ten times as much per webhook; the tests
hold the two equal. Which URL was given (settings, never a header) is left to hotline.web.
"""

import hmac
import re
from binascii import b2a_base64
from collections.abc import Iterator, Sequence

_PARTS = re.compile(
    r"(?P<scheme>[a-zA-Z]+)://(?P<host>[^/?#]*?)(?P<port>:\d*)?(?P<rest>[/?#].*)?", re.DOTALL
)


def sign(url: str, params: Sequence[tuple[str, str]], token: str) -> str:
    """Sign one request as the carrier does. For a GET, `params` is empty: the URL holds all."""
    return _sign_message(_message(url, params), token).decode()


def signed_by_carrier(
    url: str, params: Sequence[tuple[str, str]], signature: str, tokens: Sequence[str]
) -> bool:
    """Whether one of `tokens` made `signature`. False where no token is configured.

    The carrier signs with or without the port, depending on the year: both are accepted.
    `params` must hold every field that came, the empty ones too.
    """
    claimed = signature.encode("utf-8", "surrogatepass")
    return any(
        hmac.compare_digest(_sign_message(_message(candidate, params), token), claimed)
        for token in tokens
        if token
        for candidate in _with_and_without_port(url)
    )


def _message(url: str, params: Sequence[tuple[str, str]]) -> bytes:
    fields = "".join([name + value for name, value in sorted(set(params))])
    return (url + fields).encode("utf-8", "surrogatepass")


def _sign_message(message: bytes, token: str) -> bytes:
    return b2a_base64(hmac.digest(token.encode(), message, "sha1"), newline=False)


def _with_and_without_port(url: str) -> Iterator[str]:
    yield url  # lazily: the other form is worked out only where this one failed
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return
    scheme, host, port, rest = parts.group("scheme", "host", "port", "rest")
    default = ":443" if scheme.lower() == "https" else ":80"
    yield f"{scheme}://{host}{'' if port else default}{rest or ''}"
