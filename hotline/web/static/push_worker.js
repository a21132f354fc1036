// A part of a worker that stands before the pages: says what a push brought, and leads to it. Brought in
// by importScripts. What comes holds a number, a level and an address, and nothing of the child.

/** @typedef {Event & { data?: { json: () => Told } | null, notification: Notification, waitUntil: (work: Promise<unknown>) => void }} PushedEvent */
/** @typedef {{ tag: string, title: string, body: string, url: string }} Told */
/** @typedef {{ url: string, focus: () => Promise<unknown>, navigate: (url: string) => Promise<unknown> }} OpenPage */
/** @typedef {{ location: Location, registration: ServiceWorkerRegistration, clients: { matchAll: (which: object) => Promise<OpenPage[]>, openWindow: (url: string) => Promise<unknown> }, addEventListener: (kind: string, act: (event: PushedEvent) => void) => void }} PushedWorker */

(() => {
  const worker = /** @type {PushedWorker} */ (/** @type {unknown} */ (self)); // the types of pages know of none
  const UNKNOWN = { tag: "hotline", title: "上报 · Escalation", body: "请打开查看。Please open it.", url: worker.registration.scope };

  /** @param {PushedEvent} event */
  function told(event) {
    try {
      return { ...UNKNOWN, ...event.data?.json() };
    } catch {
      return UNKNOWN; // a browser that shows nothing is asked by its maker to be told no more
    }
  }

  /** @param {Told} what */
  function show({ tag, title, body, url }) {
    const options = { body, tag, renotify: true, requireInteraction: true, data: { url } };
    return worker.registration.showNotification(title, options);
  }

  /** @param {string} url */
  async function open(url) {
    const ours = new URL(url, worker.location.href).origin === worker.location.origin;
    const where = ours ? url : worker.registration.scope;
    const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const there = pages.find((page) => page.url === where);
    return there ? there.focus() : worker.clients.openWindow(where); // no page with unsent words is led away
  }

  worker.addEventListener("push", (event) => event.waitUntil(show(told(event))));
  worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(String(event.notification.data?.url ?? worker.registration.scope)));
  });
})();
