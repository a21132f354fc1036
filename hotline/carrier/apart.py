"""What a participant hears alone: music while waiting or on hold, and announcements.

Only Say, Play, Pause and Redirect may stand in such a document. A leg keeps its place meanwhile.
"""

from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from hotline.carrier.conferences import Listeners
from hotline.carrier.exchange import Exchange
from hotline.carrier.grammar import APART, faults_of
from hotline.carrier.model import Target
from hotline.carrier.player import PAUSE_S, number_in, read_document
from hotline.carrier.webhooks import FetchFailed

CARRIERS_MUSIC = "carrier:music"  # where no address was given
ROUND_S = 1  # a document that only names itself must not be asked for without a pause
WRONG_VERB = 13238


class Apart:
    """Plays documents to some participants, and not to the others."""

    def __init__(self, exchange: Exchange) -> None:
        """Of one exchange."""
        self._exchange = exchange

    async def follow(self, listeners: Listeners, target: Target) -> None:
        """Follow documents until they end. An empty address is the carrier's own music.

        Raises `FetchFailed` where one cannot be had or holds what may not stand in it.
        """
        if not target.url:
            self._sounds(listeners, "music", CARRIERS_MUSIC)
            return
        following: Target | None = target
        while following is not None and listeners():
            leg = listeners()[0].leg
            fields = self._exchange.fields(leg)
            text, url = await self._exchange.webhooks.ask(leg, following, fields)
            following = await self._document(listeners, text, url)
        self._sounds(listeners, "")

    async def _document(self, listeners: Listeners, text: str, url: str) -> Target | None:
        """Play it; where it leads on to."""
        self._exchange.journal.warn(listeners()[0].leg.sid, faults_of(text, allowed=APART))
        for verb in read_document(text):
            match verb.tag:
                case "Say":
                    await self._say(listeners, verb)
                case "Play":
                    await self._play(listeners, urljoin(url, (verb.text or "").strip()), verb)
                case "Pause":
                    self._sounds(listeners, "pause")
                    await self._exchange.clock.sleep(number_in(verb, "length", PAUSE_S))
                case "Redirect":
                    await self._exchange.clock.sleep(ROUND_S)
                    named = (verb.text or "").strip()
                    return Target(urljoin(url, named), verb.get("method", "POST"))
                case _:
                    raise FetchFailed(WRONG_VERB)
        return None

    async def _say(self, listeners: Listeners, verb: ET.Element) -> None:
        words = (verb.text or "").strip()
        self._sounds(listeners, "words")
        for one in listeners():
            self._exchange.journal.write(
                "said",
                sid=one.leg.sid,
                address=one.leg.address,
                text=words,
                language=verb.get("language", "en-US"),
                voice=verb.get("voice", ""),
            )
        await self._exchange.telephones.say_apart(
            [one.leg for one in listeners()],
            words,
            language=verb.get("language", "en-US"),
            voice=verb.get("voice", ""),
        )

    async def _play(self, listeners: Listeners, url: str, verb: ET.Element) -> None:
        self._sounds(listeners, "music", url)
        legs = [one.leg for one in listeners()]
        await self._exchange.telephones.play_apart(legs, url, int(number_in(verb, "loop", 1)))

    def _sounds(self, listeners: Listeners, plays: str, music: str = "") -> None:
        for one in listeners():
            if (one.plays, one.music) != (plays, music):
                one.plays, one.music = plays, music
                leg = one.leg
                self._exchange.journal.write(
                    "apart", sid=leg.sid, address=leg.address, plays=plays, music=music
                )
