/** A signed checkpoint (C2SP tlog-checkpoint, signed-note), read and checked in the browser. */
import { fromBase64, type Bytes } from "./merkle";

export interface Checkpoint {
  origin: string;
  size: number;
  root: Bytes;
  /** The very bytes that were signed. */
  body: Bytes;
  signatures: { name: string; bytes: Bytes }[];
}

export function readNote(text: string): Checkpoint {
  const cut = text.indexOf("\n\n");
  if (cut < 0) throw new Error("no signature");
  const [origin, size, root] = text.slice(0, cut).split("\n");
  if (!origin || !size || !root) throw new Error("no checkpoint");
  const signatures = text.slice(cut + 2).split("\n").filter(Boolean).map((line) => {
    const [, name, encoded] = line.split(" ");
    if (!name || !encoded) throw new Error("no signature line");
    return { name, bytes: fromBase64(encoded) };
  });
  return { origin, size: Number(size), root: fromBase64(root), body: new TextEncoder().encode(text.slice(0, cut + 1)), signatures };
}

const ED25519 = 1;

/** `verifier`: name+hash+key, as witnesses keep it. Null when this browser cannot check such signatures. */
export async function isSigned(note: Checkpoint, verifier: string): Promise<boolean | null> {
  const [, name, encoded] = /^([^+]+)\+[0-9a-f]{8}\+(.+)$/.exec(verifier.trim()) ?? [];
  if (!name || !encoded) return null;
  const typed = fromBase64(encoded);
  if (typed[0] !== ED25519 || name !== note.origin) return typed[0] === ED25519 ? false : null;
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("raw", typed.slice(1), { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return null;
  }
  for (const signature of note.signatures) {
    if (signature.name !== name) continue;
    if (await crypto.subtle.verify({ name: "Ed25519" }, key, signature.bytes.slice(4), note.body)) return true;
  }
  return false;
}
