/**
 * Ages and clocks that stay true while a page stands open.
 * `<time data-age datetime=…>` counts on; a tile with `data-as-of` and `data-fresh` (seconds) turns stale by itself;
 * parts of the page renewed by a script are told with the event `hunhe:renewed`;
 * `data-clock` shows the city's hour, `data-clock-skew` being how many seconds it runs ahead of this machine.
 */
export function keepTime(): void {
  tick();
  setInterval(tick, 5000);
  document.addEventListener("htmx:afterSwap", tick);
  document.addEventListener("hunhe:renewed", tick);
}

const steps: ReadonlyArray<readonly [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number]> = [
  [60, "second", 1],
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [Infinity, "day", 86_400],
];

function tick(): void {
  const clock = document.querySelector<HTMLElement>("[data-clock]");
  const now = Date.now() + 1000 * Number(clock?.dataset.clockSkew ?? 0);
  if (clock) clock.textContent = new Date(now).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Asia/Shanghai" });
  for (const age of document.querySelectorAll<HTMLTimeElement>("time[data-age]")) {
    const seconds = Math.max(0, (now - Date.parse(age.dateTime)) / 1000);
    if (Number.isFinite(seconds)) age.textContent = said(seconds);
  }
  for (const tile of document.querySelectorAll<HTMLElement>("[data-as-of][data-fresh]")) {
    const seconds = (now - Date.parse(tile.dataset.asOf ?? "")) / 1000;
    tile.classList.toggle("stale", seconds > Number(tile.dataset.fresh) || "failing" in tile.dataset);
  }
}

function said(seconds: number): string {
  const [, unit, size] = steps.find(([limit]) => seconds < limit) ?? ["", "day" as const, 86_400];
  return new Intl.RelativeTimeFormat(document.documentElement.lang || "zh-Hans", { style: "short" }).format(-Math.floor(seconds / size), unit);
}
