/**
 * The wall that stays true: renews the parts of `[data-live]` from the server's event stream. When the stream breaks it says
 * since when nothing new came, comes back with growing patience, and meanwhile asks for the page's own parts
 * (htmx event `poll`), as it does where there is no stream at all.
 */
const silence = 20_000, patience = 60_000, asking = 30_000;

interface News { at: string | null; figures: Record<string, Figure>; parts: Record<string, string>; }
interface Figure { as_of: string | null; stale: boolean; }

const wall = document.querySelector<HTMLElement>("[data-live]");
if (wall) watch(wall);

function watch(wall: HTMLElement): void {
  if (!wall.dataset.live || !("EventSource" in window)) {
    setInterval(() => wall.dispatchEvent(new Event("poll")), asking);
    return;
  }
  let source: EventSource | null = null, last = "", tries = 0, heard = Date.now(), ended = false;

  const open = (): void => {
    const address = new URL(wall.dataset.live ?? "", location.href);
    if (last) address.searchParams.set("last", last);
    source = new EventSource(address);
    source.addEventListener("wall", (event: MessageEvent<string>) => {
      last = event.lastEventId || last;
      const news = JSON.parse(event.data) as News;
      renew(wall, news);
      hear(news.at);
    });
    source.addEventListener("beat", (event: MessageEvent<string>) => hear((JSON.parse(event.data) as { at: string | null }).at));
    source.addEventListener("end", () => {
      ended = true;
      close();
    });
    source.addEventListener("error", close);
  };
  const hear = (at: string | null): void => {
    tries = 0;
    wall.dataset.stream = "heard";
    const counted = at ? Date.parse(at) : 0;
    heard = Date.now();
    lost(counted && cityNow() - counted > silence ? counted : null, false);
  };
  const close = (): void => {
    source?.close();
    source = null;
    wall.dataset.stream = "lost";
    lost(heard + skew(), ended);
    if (!ended) setTimeout(open, Math.min(patience, 1000 * 2 ** tries++) * (0.75 + Math.random() / 2));
  };

  open();
  setInterval(() => {
    if (source && Date.now() - heard > silence) close();
    else if (!source && !ended && Date.now() - heard > silence) wall.dispatchEvent(new Event("poll"));
  }, asking / 6);
}

function skew(): number {
  return 1000 * Number(document.querySelector<HTMLElement>("[data-clock]")?.dataset.clockSkew ?? 0);
}

function cityNow(): number {
  return Date.now() + skew();
}

/** Says since when no new number came; null: all is well. */
function lost(since: number | null, ended: boolean): void {
  const note = document.querySelector<HTMLElement>("[data-stream-lost]");
  if (!note) return;
  note.hidden = since === null;
  document.documentElement.toggleAttribute("data-stream-broken", since !== null);
  if (since === null) return;
  const hour = new Date(since).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "Asia/Shanghai" });
  note.querySelector("[data-stream-since]")!.textContent = hour;
  note.querySelector<HTMLElement>("[data-stream-trying]")!.hidden = ended;
  note.querySelector<HTMLElement>("[data-stream-ended]")!.hidden = !ended;
}

function renew(wall: HTMLElement, news: News): void {
  for (const [name, html] of Object.entries(news.parts)) {
    const old = wall.querySelector(`[data-part="${CSS.escape(name)}"]`);
    const made = document.createRange().createContextualFragment(html.trim()).firstElementChild;
    if (!old || !made) continue;
    const focused = old.contains(document.activeElement) ? document.activeElement?.getAttribute("href") : null;
    old.replaceWith(made);
    if (focused) (made.matches(`[href="${CSS.escape(focused)}"]`) ? made as HTMLElement : made.querySelector<HTMLElement>(`[href="${CSS.escape(focused)}"]`))?.focus();
  }
  for (const [name, figure] of Object.entries(news.figures)) {
    const tile = wall.querySelector<HTMLElement>(`[data-part="tile:${CSS.escape(name)}"]`);
    if (!tile || !figure.as_of) continue;
    if ("asOf" in tile.dataset) tile.dataset.asOf = figure.as_of;
    for (const age of tile.querySelectorAll("time")) age.dateTime = figure.as_of;
  }
  document.dispatchEvent(new Event("hunhe:renewed"));
}
