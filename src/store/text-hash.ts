/** A 64-bit hash as two independent 32-bit halves, which plain numbers can carry exactly. */
export interface TextHash {
  readonly high: number;
  readonly low: number;
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const SECOND_OFFSET = 0x9e3779b9;
const SECOND_PRIME = 0x85ebca6b;

/**
 * Spreads every input bit over all 32 output bits; a bijection, so it loses nothing. The shifts and factors are those of
 * the final step of MurmurHash3 (32 bit).
 */
export function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

/** FNV-1a (32 bit) over the UTF-16 units of a text, low byte first, then scrambled; part of the stored layout. */
export function hashText32(text: string): number {
  let hash = FNV_OFFSET;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), FNV_PRIME);
    hash = Math.imul(hash ^ (unit >>> 8), FNV_PRIME);
  }
  return scramble(hash);
}

/** A 64-bit hash of a text for use inside one process; not for storage and not against attackers. */
export function hashText64(text: string): TextHash {
  let low = FNV_OFFSET;
  let high = SECOND_OFFSET;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, FNV_PRIME);
    high = Math.imul(high ^ unit, SECOND_PRIME);
  }
  // Each half also depends on the other, so that texts that collide in one lane still differ in both.
  const mixed = scramble(low ^ scramble(high));
  return { high: scramble(high ^ mixed ^ text.length), low: mixed };
}

/** The 64-bit hash of a text as 14 characters: a short stand-in for it, in places where a reader never looks inside. */
export function markOf(text: string): string {
  const { high, low } = hashText64(text);
  return high.toString(36).padStart(7, '0') + low.toString(36).padStart(7, '0');
}
