/** “My code”: a fresh code every 25 seconds, made here, with or without network. */
import { square, turn } from "../code/draw";
import { makeCode } from "../code/frame";
import { cityNow, enrol, forget, load, Refused, renew, take, wantsMore, type Phone } from "../code/phone";

const page = document.querySelector<HTMLElement>("[data-code]");
const still = matchMedia("(prefers-reduced-motion: reduce)");
const hour = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });
const day = new Intl.DateTimeFormat(document.documentElement.lang || "zh-Hans", { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai" });

class Face {
  private phone?: Phone;
  private current?: { certificate: Uint8Array; key: CryptoKey };
  private madeAt = 0;
  private chosen = 0;
  private busy = false;
  private shown = "";

  constructor(private readonly root: HTMLElement) {}

  private get account(): string { return this.root.dataset.account ?? ""; }
  private get level(): number { return Number(this.root.dataset.level); }
  private get rotate(): number { return Number(this.root.dataset.rotate); }

  async start(): Promise<void> {
    if (!("crypto" in window) || !crypto.subtle || !("indexedDB" in window)) {
      this.say("unable");
      return;
    }
    this.root.addEventListener("click", (event) => this.press(event));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) void this.wake(); });
    addEventListener("online", () => void this.wake());
    addEventListener("offline", () => this.tell());
    this.phone = await load(this.account);
    await this.refresh();
    await this.next();
    setInterval(() => void this.tick(), 250);
  }

  /** Back on the screen: another certificate, so that two showings have nothing in common. */
  private async wake(): Promise<void> {
    await this.refresh();
    await this.next();
  }

  /** Key and certificates, where there is network and need. What fails is tried again at the next showing. */
  private async refresh(): Promise<void> {
    if (!navigator.onLine) return;
    try {
      this.phone ??= await enrol(this.account, this.level);
      if (wantsMore(this.phone, this.level)) await renew(this.phone, this.level);
    } catch (error) {
      if (error instanceof Refused) await this.refused(error);
    }
  }

  /** A removed device forgets its key; the person may enrol it again. Other refusals are shown in the city's words. */
  private async refused(error: Refused): Promise<void> {
    if (error.code === "code.device.revoked" || error.code === "code.device.unknown") {
      await forget(this.account);
      this.phone = undefined;
      this.current = undefined;
      this.say("removed");
    } else {
      this.say("refused", error.message);
    }
  }

  private async next(): Promise<void> {
    this.current = this.phone ? await take(this.phone) : undefined;
    if (this.current) await this.make();
    else if (this.shown === "ready" || this.shown === "" ) this.say(this.phone ? "over" : "first");
    this.tell();
  }

  private async make(): Promise<void> {
    if (!this.phone || !this.current || this.busy) return;
    this.busy = true;
    try {
      const now = cityNow(this.phone);
      const text = await makeCode(this.current.certificate, this.current.key, Math.floor(now / 1000), this.chosen);
      this.madeAt = now;
      const { path, side } = square(text);
      const svg = this.part<SVGSVGElement>("square");
      svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
      svg.querySelector("path")?.setAttribute("d", path);
      svg.dataset.text = text;
      this.say("ready");
    } finally {
      this.busy = false;
    }
  }

  private async tick(): Promise<void> {
    if (!this.phone || document.hidden) return;
    const now = cityNow(this.phone);
    this.part("clock").textContent = hour.format(now);
    if (!this.current) return;
    if (now >= this.phone.notAfter) {
      this.current = undefined;
      this.say("over");
      return;
    }
    const passed = (now - this.madeAt) / 1000;
    if (passed >= this.rotate || passed < 0) await this.make();
    const left = Math.max(0, this.rotate - (cityNow(this.phone) - this.madeAt) / 1000);
    this.part("seconds").textContent = String(Math.ceil(left));
    if (!still.matches) turn(this.part<SVGSVGElement>("ring"), 1 - left / this.rotate);
  }

  /** With or without network, and how long it will do. */
  private tell(): void {
    const offline = !navigator.onLine;
    this.root.toggleAttribute("data-offline", offline);
    if (!this.phone?.notAfter) return;
    const minutes = Math.max(0, Math.floor((this.phone.notAfter - cityNow(this.phone)) / 60_000));
    this.part("until").textContent = day.format(this.phone.notAfter - this.phone.ahead);
    this.part("hours").textContent = String(Math.floor(minutes / 60));
    this.part("minutes").textContent = String(minutes % 60);
  }

  private press(event: Event): void {
    const pressed = (event.target as Element).closest<HTMLElement>("[data-function], [data-again]");
    if (!pressed) return;
    if (pressed.dataset.again !== undefined) {
      void this.wake();
      return;
    }
    this.chosen = Number(pressed.dataset.function);
    for (const chip of this.root.querySelectorAll<HTMLElement>("[data-function]")) chip.setAttribute("aria-pressed", String(chip === pressed));
    void this.make();
  }

  private say(state: string, words = ""): void {
    this.shown = state;
    this.root.dataset.state = state;
    if (words) this.part("words").textContent = words;
  }

  private part<T extends Element = HTMLElement>(name: string): T {
    const found = this.root.querySelector<T>(`[data-part="${name}"]`);
    if (!found) throw new Error(`no part ${name}`);
    return found;
  }
}

async function keepForOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/sw.js", { scope: "/" });
  const ready = await navigator.serviceWorker.ready;
  const seen = performance.getEntriesByType("resource").map((entry) => new URL(entry.name));
  const files = seen.filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/")).map((url) => url.pathname);
  ready.active?.postMessage({ keep: [...new Set(files)], page: location.pathname });
}

async function stayAwake(): Promise<void> {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // the battery is low, or the browser does not allow it: the screen dims as usual
  }
}

function brighten(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-bright]");
  button?.addEventListener("click", () => {
    const bright = document.body.classList.toggle("bright");
    button.setAttribute("aria-pressed", String(bright));
  });
}

if (page) {
  brighten();
  void new Face(page).start();
  void keepForOffline();
  void stayAwake();
}
