/**
 * “Check it yourself”: fetches the proof of one receipt and verifies it here, step by step, in plain words.
 * `<a data-verify="ENTRY" data-leaf="HEX">` opens the list cloned from `<template id="verify-steps">`, whose
 * `<li data-step="leaf|receipt|path|signature">` holds three sentences: `data-ok`, `data-bad`, `data-skip`.
 */
import { fromHex, leafHash, rootFrom, toHex } from "./merkle";
import { isSigned, readNote } from "./note";

type Verdict = "ok" | "bad" | "skip";

interface Proof {
  index: number;
  leaf: string;
  leaf_hash: string;
  tree_size: number;
  path: string[];
  checkpoint: string;
}

export function offerChecking(): void {
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-verify]") : null;
    const template = document.getElementById("verify-steps");
    if (!link || !(template instanceof HTMLTemplateElement)) return;
    event.preventDefault();
    const shown = link.closest(".card")?.querySelector("[data-verified]");
    if (shown) {
      shown.remove();
      return;
    }
    const list = template.content.firstElementChild?.cloneNode(true);
    if (!(list instanceof HTMLElement)) return;
    list.dataset.verified = "";
    link.closest(".card")?.append(list);
    void check(link.dataset.verify ?? "", link.dataset.leaf ?? "", list);
  });
}

async function check(entry: string, leaf: string, list: HTMLElement): Promise<void> {
  const say = (step: string, verdict: Verdict, values: Record<string, string> = {}): void => {
    const line = list.querySelector<HTMLElement>(`[data-step="${step}"]`);
    if (!line) return;
    line.dataset.verdict = verdict;
    line.textContent = (line.dataset[verdict] ?? "").replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
  };
  try {
    if (!globalThis.crypto?.subtle) throw new Error("no WebCrypto");
    const proof = await fetchJson<Proof>(`/audit/v1/proof/${encodeURIComponent(entry)}`);
    const own = await leafHash(new TextEncoder().encode(proof.leaf));
    say("leaf", toHex(own) === proof.leaf_hash ? "ok" : "bad", { hash: shorten(toHex(own)) });
    say("receipt", toHex(own) === leaf ? "ok" : "bad", { hash: shorten(leaf) });
    const note = readNote(proof.checkpoint);
    const root = await rootFrom(proof.index, proof.tree_size, own, proof.path.map(fromHex));
    const leads = root !== null && note.size === proof.tree_size && toHex(root) === toHex(note.root);
    say("path", leads ? "ok" : "bad", { steps: String(proof.path.length), index: String(proof.index), size: String(proof.tree_size) });
    const verifier = await (await fetch("/audit/v1/key")).text();
    const signed = await isSigned(note, verifier);
    say("signature", signed === null ? "skip" : signed ? "ok" : "bad", { origin: note.origin });
  } catch {
    for (const line of list.querySelectorAll<HTMLElement>("[data-step]:not([data-verdict])")) say(line.dataset.step ?? "", "skip");
  }
  const verdicts = [...list.querySelectorAll<HTMLElement>("[data-step]")].map((line) => line.dataset.verdict);
  list.dataset.verdict = verdicts.includes("bad") ? "bad" : verdicts.includes("skip") ? "skip" : "ok";
  const end = list.querySelector<HTMLElement>("[data-conclusion]");
  if (end) end.textContent = end.dataset[list.dataset.verdict] ?? "";
}

async function fetchJson<T>(url: string): Promise<T> {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()) as T;
}

function shorten(hash: string): string {
  return hash.length > 12 ? `${hash.slice(0, 4)}…${hash.slice(-4)}` : hash;
}
