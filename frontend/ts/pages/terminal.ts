/** A terminal on a keeper's screen: reads codes by camera or pasted text, shows the answer large. */
import decodeQR from "qr/decode.js";

interface Shown { label: string; value: string; }
interface Answer { outcome: "passed" | "refused"; code?: string; title?: string; detail?: string; pseudonym?: string; shows?: Shown[]; next?: string; entry_id?: string; receipt?: { entry_id: string; leaf_hash: string }; }
interface Detector { detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>; }
declare const BarcodeDetector: { new (options: { formats: string[] }): Detector } | undefined;

const LOOK_MS = 160;
const REST_MS = 2500;
const root = document.querySelector<HTMLElement>("[data-terminal]");

class Terminal {
  private readonly form: HTMLFormElement;
  private readonly field: HTMLTextAreaElement;
  private readonly video: HTMLVideoElement;
  private readonly canvas = document.createElement("canvas");
  private stream?: MediaStream;
  private last = "";
  private restUntil = 0;

  constructor(private readonly root: HTMLElement) {
    this.form = this.part<HTMLFormElement>("form");
    this.field = this.part<HTMLTextAreaElement>("payload");
    this.video = this.part<HTMLVideoElement>("video");
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.scan(this.field.value);
    });
    this.field.addEventListener("paste", () => setTimeout(() => this.form.requestSubmit()));
    this.part("camera").addEventListener("click", () => void (this.stream ? this.stop() : this.start()));
    addEventListener("pagehide", () => this.stop());
  }

  private async start(): Promise<void> {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
    } catch {
      this.root.dataset.camera = "none";
      return;
    }
    this.video.srcObject = this.stream;
    await this.video.play();
    this.root.dataset.camera = "on";
    void this.look();
  }

  private stop(): void {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = undefined;
    this.video.srcObject = null;
    this.root.dataset.camera = "off";
  }

  /** One look after the other while the camera is on; the same code is sent once. */
  private async look(): Promise<void> {
    const detector = typeof BarcodeDetector === "undefined" ? undefined : new BarcodeDetector({ formats: ["qr_code"] });
    while (this.stream) {
      await new Promise((wait) => setTimeout(wait, LOOK_MS));
      if (!this.stream || performance.now() < this.restUntil || this.video.readyState < 2) continue;
      const text = detector ? await this.detect(detector) : this.decode();
      if (text && text !== this.last) await this.scan(text);
    }
  }

  private async detect(detector: Detector): Promise<string> {
    try {
      return (await detector.detect(this.video))[0]?.rawValue ?? "";
    } catch {
      return this.decode();
    }
  }

  private decode(): string {
    const side = Math.min(this.video.videoWidth, this.video.videoHeight, 720);
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    if (!side || !context) return "";
    this.canvas.width = this.canvas.height = side;
    const from = Math.min(this.video.videoWidth, this.video.videoHeight);
    context.drawImage(this.video, (this.video.videoWidth - from) / 2, (this.video.videoHeight - from) / 2, from, from, 0, 0, side, side);
    try {
      return decodeQR(context.getImageData(0, 0, side, side));
    } catch {
      return "";
    }
  }

  private async scan(payload: string): Promise<void> {
    const text = payload.trim();
    if (!text) return;
    this.last = text;
    this.restUntil = performance.now() + REST_MS;
    this.root.dataset.state = "asking";
    try {
      const reply = await fetch("/api/v1/code/scan", {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "" },
        body: JSON.stringify({ payload: text, terminal: this.root.dataset.terminal }),
        signal: AbortSignal.timeout(8000),
      });
      this.show(await reply.json() as Answer, reply.status);
    } catch {
      this.root.dataset.state = "silent";
    }
    this.field.value = "";
    if (!this.stream) this.field.focus();
    document.body.dispatchEvent(new CustomEvent("scanned"));
  }

  private show(answer: Answer, status: number): void {
    const passed = answer.outcome === "passed";
    this.root.dataset.state = passed ? "passed" : status >= 500 ? "silent" : "refused";
    this.part("sentence").textContent = passed ? (answer.next ?? "") : (answer.title ?? "");
    this.part("pseudonym").textContent = answer.pseudonym ?? "";
    this.part("known").hidden = !answer.pseudonym;
    this.part("entry").textContent = (answer.receipt?.entry_id ?? answer.entry_id ?? "").slice(-8);
    const list = this.part("shows");
    list.replaceChildren(...(answer.shows ?? []).filter((one) => one.value).map((one) => {
      const row = document.createElement("div");
      const term = document.createElement("dt");
      const value = document.createElement("dd");
      term.textContent = one.label;
      value.textContent = one.value;
      row.append(term, value);
      return row;
    }));
  }

  private part<T extends HTMLElement = HTMLElement>(name: string): T {
    const found = this.root.querySelector<T>(`[data-part="${name}"]`);
    if (!found) throw new Error(`no part ${name}`);
    return found;
  }
}

if (root) new Terminal(root);
