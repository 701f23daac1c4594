/** The service worker: keeps “My code” and its files, so that it opens with no network or a city that does not answer. */

interface Waiting extends Event { waitUntil(work: Promise<unknown>): void; }
interface Asking extends Waiting { readonly request: Request; respondWith(answer: Promise<Response>): void; }
interface Told extends Waiting { readonly data: { keep?: string[]; page?: string }; }
interface Worker extends EventTarget { skipWaiting(): Promise<void>; clients: { claim(): Promise<void> }; }
declare const self: Worker & typeof globalThis;

const PAGE = "/code/";
const PAGES = "hunhe-code-page-1";
const FILES = "hunhe-code-files-1";
const BUILT = "/static/ui/build/";
const PATIENCE = 4000;

self.addEventListener("install", (event) => (event as Waiting).waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => (event as Waiting).waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const told = event as Told;
  told.waitUntil(keep(told.data.keep ?? []));
});
self.addEventListener("fetch", (event) => {
  const asking = event as Asking;
  const { request } = asking;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST" && url.pathname === "/accounts/logout/") asking.waitUntil(caches.delete(PAGES));
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && url.pathname === PAGE) asking.respondWith(page(request));
  else if (url.pathname.startsWith(BUILT)) asking.respondWith(file(request));
});

/** The page as it stands now; as it last stood where nobody answers in time. */
async function page(request: Request): Promise<Response> {
  const pages = await caches.open(PAGES);
  try {
    const reply = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (reply.status < 500) {
      if (reply.ok && !reply.redirected && new URL(reply.url).pathname === PAGE) await pages.put(PAGE, reply.clone());
      return reply;
    }
  } catch {
    // no network, or no answer in time
  }
  return (await pages.match(PAGE)) ?? fetch(request);
}

/** Built files carry their hash in their name: what is kept is right for ever. */
async function file(request: Request): Promise<Response> {
  return (await (await caches.open(FILES)).match(request, { ignoreSearch: true })) ?? fetch(request);
}

async function keep(files: readonly string[]): Promise<void> {
  const [kept, pages] = await Promise.all([caches.open(FILES), caches.open(PAGES)]);
  const wanted = new Set(files.filter((path) => path.startsWith("/static/")));
  await Promise.all([...wanted].map(async (path) => { if (!(await kept.match(path))) await kept.add(path); }));
  for (const old of await kept.keys()) if (!wanted.has(new URL(old.url).pathname)) await kept.delete(old);
  if (await pages.match(PAGE)) return; // from the second visit on, every opening keeps itself
  const reply = await fetch(PAGE);
  if (reply.ok && !reply.redirected) await pages.put(PAGE, reply);
}
export {};
