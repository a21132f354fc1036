// What the pages bring to the scripts besides the browser itself: htmx, Twilio's SDK and their events.

interface Window {
  htmx: typeof import("htmx.org").default;
  Twilio: typeof import("@twilio/voice-sdk");
}

type HtmxAnswer = CustomEvent<{ xhr: XMLHttpRequest }>;

interface DocumentEventMap {
  "htmx:afterOnLoad": HtmxAnswer;
  "htmx:responseError": HtmxAnswer;
}
