/** The frame of a code: what is signed, and its text (docs/reference/code-frame.md). */

const MARK = "HH:";
const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;
export const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;

/** RFC 9285. */
export function base45(raw: Uint8Array): string {
  let text = "";
  for (let start = 0; start < raw.length; start += 2) {
    const pair = start + 1 < raw.length;
    let number = pair ? (raw[start] ?? 0) * 256 + (raw[start + 1] ?? 0) : (raw[start] ?? 0);
    for (let digit = pair ? 3 : 2; digit > 0; digit--) {
      text += SIGNS[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return text;
}

/** A code for this moment, signed with the certificate's key. madeAt: seconds since 1970 by the city's clock. */
export async function makeCode(certificate: Uint8Array, key: CryptoKey, madeAt: number, functionNumber: number): Promise<string> {
  const shown = new Uint8Array(certificate.length + 9);
  shown.set(certificate);
  const view = new DataView(shown.buffer);
  view.setUint32(certificate.length, madeAt);
  shown[certificate.length + 4] = functionNumber;
  crypto.getRandomValues(shown.subarray(certificate.length + 5));
  const signature = new Uint8Array(await sign(key, shown));
  const whole = new Uint8Array(shown.length + signature.length);
  whole.set(shown);
  whole.set(signature, shown.length);
  return MARK + base45(whole);
}

export function sign(key: CryptoKey, data: Uint8Array): Promise<ArrayBuffer> {
  return crypto.subtle.sign(ALGORITHM, key, data as Uint8Array<ArrayBuffer>);
}

/** A key that never leaves this browser, and its compressed point. */
export async function newKey(): Promise<{ key: CryptoKey; point: Uint8Array }> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const raw = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const point = raw.slice(0, 33);
  point[0] = 2 + ((raw[64] ?? 0) & 1);
  return { key: pair.privateKey, point };
}

export const toBase64 = (raw: Uint8Array): string => btoa(String.fromCharCode(...raw));
export const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
export const join = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
