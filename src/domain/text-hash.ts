/** FNV-1a over UTF-16 units, twice with different starts (64 bits), as hexadecimal digits; for telling texts apart, not for secrets. */
export function textHash(text: string): string {
  return [0x811c9dc5, 0x050c5d1f].map((start) => hash32(text, start)).join('');
}

function hash32(text: string, start: number): string {
  let hash = start;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
