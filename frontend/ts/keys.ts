/** Keys shown on buttons work: `data-key="a"` is pressed by A, `/` goes to the search box, J and K walk a `data-walk` list. */
export function listenForKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "/") focusSearch(event);
    else if (key === "j" || key === "k") walk(key === "j" ? 1 : -1);
    else document.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]:not([disabled])`)?.click();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function focusSearch(event: KeyboardEvent): void {
  const box = document.querySelector<HTMLInputElement>("input[data-search]");
  if (!box) return;
  event.preventDefault();
  box.focus();
  box.select();
}

function walk(step: number): void {
  const items = [...document.querySelectorAll<HTMLElement>("[data-walk] .list-item, [data-walk] tr a")];
  if (!items.length) return;
  const here = items.findIndex((item) => item === document.activeElement || item.hasAttribute("aria-current"));
  items[Math.min(Math.max(here + step, 0), items.length - 1)]?.focus();
}
