// What the pages bring to the scripts besides the browser itself: htmx, Idiomorph, Twilio's SDK and their events.

interface Window {
  htmx: typeof import("htmx.org").default;
  Idiomorph: { defaults: { callbacks: { beforeAttributeUpdated: (name: string, node: Element) => boolean } } };
  Twilio: typeof import("@twilio/voice-sdk");
}

type HtmxAnswer = CustomEvent<{ xhr: XMLHttpRequest }>;

interface DocumentEventMap {
  "htmx:afterOnLoad": HtmxAnswer;
  "htmx:responseError": HtmxAnswer;
}
