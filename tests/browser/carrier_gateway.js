// The carrier's signalling, as much of it as a call needs, inside the page that talks to it: the
// real SDK opens its WebSocket to `voice-js.EDGE.twilio.com` and gets this. JSON messages of a type
// and a payload: listen → connected, register → ready, invite → answer, hangup, cancel, error; a
// line end now and then as a sign of life. The far end of a call is a peer connection with a tone.
"use strict";

{
  const OPEN = 1;
  const CLOSED = 3;
  const HEARTBEAT_MS = 5000;
  const RealWebSocket = window.WebSocket;

  const carrier = {
    /** What the page did, for the test to read. */
    edges: [],
    tokens: [],
    registered: 0,
    answered: 0,
    hungUp: 0,
    /** A code with which every token is refused; 0: none is. */
    refuses: 0,
    line: null,
    far: null,

    async ring(callsid) {
      const sdp = await this.offer();
      const parameters = { CallSid: callsid, From: "+8620123550000", To: "client:somebody" };
      this.line.tell("invite", { callsid, sdp, parameters });
    },

    async offer() {
      const audio = new AudioContext();
      const [tone, end] = [audio.createOscillator(), audio.createMediaStreamDestination()];
      tone.connect(end);
      tone.start();
      this.far = new RTCPeerConnection();
      this.far.addTrack(end.stream.getAudioTracks()[0], end.stream);
      await this.far.setLocalDescription(await this.far.createOffer());
      while (this.far.iceGatheringState !== "complete") {
        await new Promise((resolve) => (this.far.onicegatheringstatechange = resolve));
      }
      return this.far.localDescription.sdp;
    },

    cancel(callsid) {
      this.line.tell("cancel", { callsid });
    },

    hangUp(callsid) {
      this.line.tell("hangup", { callsid });
    },

    drop() {
      this.line.end();
    },

    hears(line, type, payload) {
      this.line = line;
      if (type === "listen") this.admits(line, payload.token);
      else if (type === "register") {
        this.registered += 1;
        line.tell("ready", {});
      } else if (type === "answer") {
        this.answered += 1;
        void this.far.setRemoteDescription({ type: "answer", sdp: payload.sdp });
      } else if (type === "hangup") this.hungUp += 1;
    },

    admits(line, token) {
      this.tokens.push(token);
      if (this.refuses) line.tell("error", { error: { code: this.refuses, message: "refused" } });
      else line.tell("connected", { region: "singapore", token: { identity: "somebody", ttl: 900 } });
    },
  };

  class GatewayLine extends EventTarget {
    readyState = 0;

    constructor(url) {
      super();
      carrier.edges.push(new URL(url).hostname.split(".")[1]);
      queueMicrotask(() => {
        this.readyState = OPEN;
        this.dispatchEvent(new Event("open"));
      });
      this.life = setInterval(() => this.say("\n"), HEARTBEAT_MS);
    }

    say(data) {
      if (this.readyState === OPEN) this.dispatchEvent(new MessageEvent("message", { data }));
    }

    tell(type, payload) {
      queueMicrotask(() => this.say(JSON.stringify({ type, payload, version: "1.6" })));
    }

    send(text) {
      if (!text.trim()) return;
      const { type, payload } = JSON.parse(text);
      carrier.hears(this, type, payload);
    }

    end() {
      this.readyState = CLOSED;
      clearInterval(this.life);
      this.dispatchEvent(new CloseEvent("close", { code: 1006 }));
    }

    close() {
      this.end();
    }
  }

  window.carrier = carrier;
  window.WebSocket = new Proxy(RealWebSocket, {
    construct: (target, [url, ...more]) =>
      String(url).includes("//voice-js.") ? new GatewayLine(url) : new target(url, ...more),
  });
}
