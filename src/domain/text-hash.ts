/** FNV-1a over UTF-16 units, twice with different starts (64 bits), as hexadecimal digits; for telling texts apart, not for secrets. */
export function textHash(text: string): string {
  let [first, second] = [0x811c9dc5, 0x050c5d1f];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    first = Math.imul(first ^ unit, 0x01000193);
    second = Math.imul(second ^ unit, 0x01000193);
  }
  return hex(first) + hex(second);
}

/** The two digits of each byte; a third of the time of `toString(16)`, which knows no integers beyond 31 bits. */
const BYTES: readonly string[] = Array.from({ length: 256 }, (_, byte) =>
  byte.toString(16).padStart(2, '0'),
);

function hex(hash: number): string {
  return byteHex(hash >>> 24) + byteHex(hash >>> 16) + byteHex(hash >>> 8) + byteHex(hash);
}

function byteHex(bits: number): string {
  return BYTES[bits & 0xff] ?? '';
}
