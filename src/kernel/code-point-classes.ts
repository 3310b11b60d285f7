import {
  CLASS_BLANK,
  CLASS_BLOCK_SHIFT,
  CLASS_INDEX_BYTES,
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_LOWER,
  CLASS_NUMBER,
  CLASS_UPPER,
  LAST_CODE_POINT,
} from '../../assembly/shared/tokenizer-layout.ts';
import { readCounterFile } from './counter-files.ts';
import { halfWordsOf } from './little-endian.ts';
import type { TokenRules } from './token-rules.ts';

export {
  CLASS_BLANK,
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_LOWER,
  CLASS_NUMBER,
  CLASS_UPPER,
} from '../../assembly/shared/tokenizer-layout.ts';

/** The classes of all code points: the number of a block for each 128 of them, and the blocks, one byte a code point. */
export interface CodePointClasses {
  readonly index: Uint16Array;
  readonly blocks: Uint8Array;
}

/** Runs of code points, and the classes they have, as the patterns of js-tiktoken take them. */
const PATTERNS: readonly (readonly [pattern: RegExp, classes: number])[] = [
  [/[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+/gu, CLASS_UPPER],
  [/[\p{Ll}\p{Lm}\p{Lo}\p{M}]+/gu, CLASS_LOWER],
  [/\p{L}+/gu, CLASS_LETTER],
  [/\p{N}+/gu, CLASS_NUMBER],
  [/[^\S\r\n]+/gu, CLASS_BLANK],
  [/[\r\n]+/gu, CLASS_LINE_END],
];

const BLOCK_LENGTH = 1 << CLASS_BLOCK_SHIFT;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

const known = new Map<TokenRules, CodePointClasses | null>();

/** The classes that the rules go by, or null where their file cannot be had. Read or made once a process. */
export function codePointClasses(rules: TokenRules): CodePointClasses | null {
  const earlier = known.get(rules);
  if (earlier !== undefined) return earlier;
  const classes = rules === 'openai' ? readClasses() : classesOfThisNode();
  known.set(rules, classes);
  return classes;
}

/** The classes of one code point, as bits. */
export function classesOf({ index, blocks }: CodePointClasses, codePoint: number): number {
  const block = index[codePoint >> CLASS_BLOCK_SHIFT] ?? 0;
  return blocks[(block << CLASS_BLOCK_SHIFT) | (codePoint & (BLOCK_LENGTH - 1))] ?? 0;
}

function readClasses(): CodePointClasses | null {
  const bytes = readCounterFile('unicode-16.classes');
  if (bytes === null) return null;
  const index = halfWordsOf(bytes.subarray(0, CLASS_INDEX_BYTES));
  return { index, blocks: bytes.subarray(CLASS_INDEX_BYTES) };
}

/** Asks the regular expressions of this Node about every code point, a plane at a time: some 60 ms in all. */
function classesOfThisNode(): CodePointClasses {
  const classes = new Uint8Array(LAST_CODE_POINT + 1);
  for (let first = 0; first <= LAST_CODE_POINT; first += 0x1_0000) markPlane(classes, first);
  return pack(classes);
}

function markPlane(classes: Uint8Array, first: number): void {
  const codePoints = Array.from({ length: 0x1_0000 }, (_, offset) => first + offset).filter(
    (code) => code < FIRST_SURROGATE || code > LAST_SURROGATE,
  );
  const text = codePoints.map((code) => String.fromCodePoint(code)).join('');
  const units = first === 0 ? 1 : 2;
  for (const [pattern, bits] of PATTERNS) {
    for (const { 0: run, index } of text.matchAll(pattern)) {
      for (let at = index; at < index + run.length; at += units) {
        const code = text.codePointAt(at) ?? 0;
        classes[code] = (classes[code] ?? 0) | bits;
      }
    }
  }
}

function pack(classes: Uint8Array): CodePointClasses {
  const numbers = new Map<string, number>();
  const blocks: number[] = [];
  const index = Uint16Array.from({ length: CLASS_INDEX_BYTES / 2 }, (_, block) => {
    const bytes = classes.subarray(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH);
    const key = bytes.join();
    const number = numbers.get(key) ?? blocks.length / BLOCK_LENGTH;
    if (!numbers.has(key)) blocks.push(...bytes);
    numbers.set(key, number);
    return number;
  });
  return { index, blocks: Uint8Array.from(blocks) };
}
