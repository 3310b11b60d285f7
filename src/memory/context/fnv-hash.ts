/** FNV-1a, 64 bits: offset basis and prime (2^40 + 0x1b3) of its authors, as halves. */
const OFFSET_HIGH = 0xcbf29ce4;
const OFFSET_LOW = 0x84222325;
const PRIME_LOW = 0x1b3;

const ENCODER = new TextEncoder();

/** How far a hash has come, as halves. */
export interface FnvState {
  readonly high: number;
  readonly low: number;
}

/** What a hash begins with. */
export const FNV_START: FnvState = { high: OFFSET_HIGH, low: OFFSET_LOW };

/**
 * The 64-bit FNV-1a hash of a text's UTF-8 bytes as 16 hexadecimal digits: the same on every machine and in every language. It tells
 * texts apart; it is no protection against forgery.
 */
export function fnvHash(text: string): string {
  return fnvDigits(fnvAfter(FNV_START, text));
}

/** A hash that has come as far as the end of one more text. */
export function fnvAfter(state: FnvState, text: string): FnvState {
  const bytes = ENCODER.encode(text);
  let { high, low } = state;
  for (let at = 0; at < bytes.length; at += 1) {
    low ^= bytes[at] ?? 0;
    // In halves of 16 bits, whose products are small integers.
    const lower = (low & 0xffff) * PRIME_LOW;
    const upper = (low >>> 16) * PRIME_LOW + (lower >>> 16);
    high = (Math.imul(high, PRIME_LOW) + (upper >>> 16) + (low << 8)) | 0;
    low = (upper << 16) | (lower & 0xffff);
  }
  return { high, low };
}

/** A hash as it is written. */
export function fnvDigits({ high, low }: FnvState): string {
  return hexadecimal(high) + hexadecimal(low);
}

function hexadecimal(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}
