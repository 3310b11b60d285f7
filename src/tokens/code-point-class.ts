/** May stand in the upper part of an o200k_base word: Lu, Lt, Lm, Lo, M. */
export const UPPER = 1;
/** May stand in the lower part of an o200k_base word: Ll, Lm, Lo, M. */
export const LOWER = 2;
/** Any letter (L). A combining mark is UPPER and LOWER, yet no letter. */
export const LETTER = 4;
/** Any number (N). */
export const NUMBER = 8;
/** White space other than a line end. */
export const BLANK = 16;
/** `\r` or `\n`. */
export const LINE_END = 32;

const KNOWN = 64;
const CODE_POINTS = 0x11_0000;

/** Which classes each pattern stands for; `\p{...}` so that they follow the Unicode version of this Node, as js-tiktoken does. */
const PATTERNS: readonly (readonly [pattern: RegExp, classes: number])[] = [
  [/[\r\n]/u, LINE_END],
  [/[^\S\r\n]/u, BLANK],
  [/\p{N}/u, NUMBER],
  [/\p{L}/u, LETTER],
  [/[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]/u, UPPER],
  [/[\p{Ll}\p{Lm}\p{Lo}\p{M}]/u, LOWER],
];

/** Filled as code points turn up; untouched parts of so large an array take no memory. */
const known = new Uint8Array(CODE_POINTS);

/** The classes of the code point at `bytes[at]`, as bits; 0 (or KNOWN alone) is punctuation, a symbol or unassigned. */
export function classAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const codePoint = lead < 0x80 ? lead : decodeWide(bytes, at);
  const classes = known[codePoint] ?? 0;
  return classes === 0 ? classify(codePoint) : classes;
}

/** How many bytes the code point with this first byte takes. */
export function widthAt(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

function classify(codePoint: number): number {
  const character = String.fromCodePoint(codePoint);
  let classes = KNOWN;
  for (const [pattern, bits] of PATTERNS) {
    if (pattern.test(character)) classes |= bits;
  }
  known[codePoint] = classes;
  return classes;
}

function decodeWide(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  const second = (bytes[at + 1] ?? 0) & 0x3f;
  if (lead < 0xe0) return ((lead & 0x1f) << 6) | second;
  const third = (bytes[at + 2] ?? 0) & 0x3f;
  if (lead < 0xf0) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | ((bytes[at + 3] ?? 0) & 0x3f);
}
