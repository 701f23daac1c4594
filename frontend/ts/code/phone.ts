/** This browser as a device of the city: its key, its certificates, where it keeps them, how it fetches new ones. */
import { bytes, fromBase64, join, newKey, sign, toBase64 } from "./frame";

const BATCH = 48;
const HOUR = 3_600_000;
const SECONDS = 8;

interface Ready { certificate: Uint8Array; key: CryptoKey; used: number; }
export interface Phone { account: string; device: string; key: CryptoKey; point: Uint8Array; ready: Ready[]; notAfter: number; ahead: number; level: number; }

/** The city said no, in words for the person. */
export class Refused extends Error {
  constructor(readonly code: string, message: string) { super(message); }
}

/** What this browser keeps for an account; undefined the first time. */
export async function load(account: string): Promise<Phone | undefined> {
  return asked((await store("readonly")).get(account)) as Promise<Phone | undefined>;
}

export async function save(phone: Phone): Promise<void> {
  await asked((await store("readwrite")).put(phone));
}

export async function forget(account: string): Promise<void> {
  await asked((await store("readwrite")).delete(account));
}

/** Make a key that cannot be taken out and make it known. */
export async function enrol(account: string, level: number): Promise<Phone> {
  const { key, point } = await newKey();
  const proof = await sign(key, join(bytes(`HH enrol\n${account}\n`), point));
  const device = await post<{ id: string }>("/api/v1/code/devices", {
    name: ownName(), public_key: toBase64(point), proof: toBase64(new Uint8Array(proof)),
  });
  const phone = { account, device: device.id, key, point, ready: [], notAfter: 0, ahead: 0, level };
  await save(phone);
  return phone;
}

/** Whether it is time to fetch: half of the day is over, a quarter of the certificates is left, or the level rose. */
export function wantsMore(phone: Phone, level: number): boolean {
  const fresh = phone.ready.filter((one) => one.used === 0).length;
  return cityNow(phone) > phone.notAfter - 12 * HOUR || fresh < BATCH / 4 || phone.level < level;
}

/** A batch of certificates, each for a key of its own, so that two of them have nothing in common. */
export async function renew(phone: Phone, level: number): Promise<void> {
  const keys = await Promise.all(Array.from({ length: BATCH }, newKey));
  const points = keys.map((one) => one.point);
  const signature = await sign(phone.key, join(bytes(`HH renew\n${phone.device}\n`), ...points));
  const batch = await post<{ certificates: string[]; now: string; not_after: string }>(`/api/v1/code/devices/${phone.device}/certificates`, {
    keys: points.map(toBase64), signature: toBase64(new Uint8Array(signature)),
  });
  phone.ready = keys.map(({ key }, index) => ({ certificate: fromBase64(batch.certificates[index] ?? ""), key, used: 0 }));
  phone.notAfter = Date.parse(batch.not_after);
  phone.ahead = Date.parse(batch.now) - Date.now();
  phone.level = level;
  await save(phone);
}

/** The certificate for the next showing: the one used least. Undefined when their day is over. */
export async function take(phone: Phone): Promise<Ready | undefined> {
  if (cityNow(phone) >= phone.notAfter) return undefined;
  const next = phone.ready.reduce<Ready | undefined>((least, one) => (least && least.used <= one.used ? least : one), undefined);
  if (next) {
    next.used += 1;
    await save(phone);
  }
  return next;
}

/** The city's clock as this device last learned it, in milliseconds: phones' own clocks are often wrong. */
export const cityNow = (phone: Phone): number => Date.now() + phone.ahead;

async function post<T>(path: string, body: unknown): Promise<T> {
  const reply = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": csrf() },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(1000 * SECONDS),
  });
  const said = await reply.json() as { code?: string; title?: string };
  if (reply.status >= 400 && reply.status < 500) throw new Refused(said.code ?? "", said.title ?? "");
  if (!reply.ok) throw new Error(`${path} ${reply.status}`);
  return said as T;
}

function csrf(): string {
  return /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? "";
}

function ownName(): string {
  const agent = navigator.userAgent;
  const kind = ["iPhone", "iPad", "HarmonyOS", "Android", "Windows", "Macintosh", "Linux"].find((name) => agent.includes(name));
  return kind === "Macintosh" ? "Mac" : (kind ?? "Web");
}

async function store(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  const opening = indexedDB.open("hunhe-code", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("phones", { keyPath: "account" });
  const database = await asked(opening);
  const transaction = database.transaction("phones", mode);
  transaction.addEventListener("complete", () => database.close());
  return transaction.objectStore("phones");
}

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error ?? new Error("storage"));
  });
}
