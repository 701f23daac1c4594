/** “Try a call” of the developer portal: sends what the form says with a pasted key, shows request, answer and receipt. */
export function offerTrying(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-try-call]");
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void send(form);
  });
}

async function send(form: HTMLFormElement): Promise<void> {
  const said = new FormData(form);
  const text = (name: string): string => String(said.get(name) ?? "").trim();
  const key: Record<string, string> = {};
  for (const [name, value] of said) if (name.startsWith("key.") && typeof value === "string" && value) key[name.slice(4)] = value.trim();
  const body: Record<string, unknown> = { key, purpose: text("purpose") };
  if (text("case")) body.case = text("case");
  const url = form.action;
  const headers: Record<string, string> = { "Content-Type": "application/json", Authorization: `Bearer ${text("token")}` };
  if (text("idempotency")) headers["Idempotency-Key"] = text("idempotency");
  show("request", `POST ${new URL(url).pathname}\nAuthorization: Bearer ${text("token").slice(0, 9)}…\n\n${JSON.stringify(body, null, 2)}`);
  const started = performance.now();
  try {
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body), credentials: "omit" });
    const took = Math.round(performance.now() - started);
    const read = (await answer.json()) as { receipt?: { entry_id?: string; leaf_hash?: string } };
    show("response", `${answer.status} · ${took} ms\n\n${JSON.stringify(read, null, 2)}`);
    receipt(read.receipt?.entry_id ?? "", read.receipt?.leaf_hash ?? "");
  } catch {
    show("response", document.querySelector<HTMLElement>("[data-try-down]")?.dataset.tryDown ?? "");
    receipt("", "");
  }
}

function show(name: string, text: string): void {
  const place = document.querySelector<HTMLElement>(`[data-try="${name}"]`);
  if (!place) return;
  place.textContent = text;
  place.closest<HTMLElement>("[data-try-part]")?.removeAttribute("hidden");
}

function receipt(entry: string, leaf: string): void {
  const link = document.querySelector<HTMLAnchorElement>("[data-try-receipt]");
  if (!link) return;
  link.hidden = entry === "";
  link.dataset.verify = entry;
  link.dataset.leaf = leaf;
  link.href = `/audit/v1/proof/${encodeURIComponent(entry)}`;
}
