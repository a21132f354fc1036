// What the pages bring to the scripts besides the browser itself: htmx, Idiomorph, Twilio's SDK and their events.

interface Window {
  htmx: typeof import("htmx.org").default;
  Idiomorph: { morph: (node: Element, html: string, how: { morphStyle: "innerHTML" | "outerHTML" }) => void; defaults: { callbacks: { beforeAttributeUpdated: (name: string, node: Element) => boolean; beforeNodeMorphed: (node: Node, next: Node) => boolean } } };
  Twilio: typeof import("@twilio/voice-sdk");
}

type HtmxAnswer = CustomEvent<{ xhr: XMLHttpRequest; requestConfig: { path: string } }>;

interface HTMLElementEventMap {
  "live:beat": CustomEvent<{ id: string }>;
  "phone:quality": CustomEvent<{ quality: import("../../hotline/web/static/quality.js").Quality }>;
  "phone:call": CustomEvent<{
    call: import("../../hotline/web/static/softphone.js").SoftphoneCall;
    whose: string | null;
    isOpen: boolean;
  }>;
  "phone:place": CustomEvent<{ place: "here" | "elsewhere" | "free" }>;
}

interface DocumentEventMap {
  "htmx:afterOnLoad": HtmxAnswer;
  "htmx:responseError": HtmxAnswer;
  "htmx:sendError": HtmxAnswer;
}
