import { describe, expect, test } from 'vitest';
import {
  LARGE_WINDOW_AT,
  NO_LIMIT,
  REGION_BYTES,
  REGIONS_AT,
  STATUS_BAD_ARGUMENT,
  STATUS_BAD_TABLE,
  STATUS_NOT_ATTACHED,
  STATUS_OK,
  WINDOW,
  WINDOW_BYTES,
  WINDOW_PAD,
} from '../../../assembly/shared/tokenizer-layout.ts';
import { instantiateCounter } from '../../../src/kernel/counter-module.ts';
import type { CounterModule } from '../../../src/kernel/counter-module.ts';
import { attachCounter, buildCounterTables } from '../../../src/kernel/counter-tables.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import { contentHash } from '../../../src/kernel/content-hash.ts';
import { ENCODINGS } from '../../../src/kernel/token-rules.ts';
import type { EncodingName } from '../../../src/kernel/token-rules.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import type { SeededRandom } from '../../../src/testing/seeded-random.ts';

const CALLS = 4000;

const ODD_NUMBERS = [
  0,
  1,
  -1,
  2 ** 31 - 1,
  -(2 ** 31),
  WINDOW_BYTES,
  WINDOW_BYTES + 1,
  WINDOW_BYTES - 1,
  REGION_BYTES,
  LARGE_WINDOW_AT,
];

function anyNumber(random: SeededRandom): number {
  if (random.below(2) === 0) return ODD_NUMBERS[random.below(ODD_NUMBERS.length)]!;
  return random.below(2 * WINDOW_BYTES) - 100;
}

/** Every export that takes a number, called with any. */
function callAny(module: CounterModule, random: SeededRandom): number {
  const [a, b, c] = [anyNumber(random), anyNumber(random), anyNumber(random)];
  const calls = [
    () => module.countWindow(a, b, c),
    () => module.countWindow(a, b, NO_LIMIT),
    () => module.openPiece(a, b, c),
    () => module.cutPiece(a, b, c),
    () => module.unitsBetween(a, b),
    () => module.keepBytes(a, b),
    () => module.writeIds(),
    () => module.leaveLarge(),
  ];
  return calls[random.below(calls.length)]!();
}

function build(encoding: EncodingName = 'cl100k_base'): CounterTables {
  return buildCounterTables({ encoding, rules: 'openai' })!;
}

const ASCII = "  \n\r/'slreaB12.(";

/** Anything at all, well-formed UTF-8 or not, or what a chunk takes. */
function anyByte(kind: number, random: SeededRandom): number {
  if (kind === 0) return random.below(256);
  if (kind === 1) return 0x80 + random.below(128);
  if (kind === 2) return 0x80 + random.below(64);
  return random.below(200) === 0 ? 0xe9 : ASCII.charCodeAt(random.below(ASCII.length));
}

describe('the raw exports', () => {
  test.each(ENCODINGS)(
    'answer any numbers and any bytes with a count or a status, and write nowhere but in their region, %s',
    (encoding) => {
      const tables = build(encoding);
      const module = attachCounter(tables, 1)!;
      attachCounter(tables, 2);
      const bytes = new Uint8Array(tables.memory.buffer);
      const shared = bytes.subarray(0, REGIONS_AT);
      const neighbour = bytes.subarray(REGIONS_AT + REGION_BYTES, REGIONS_AT + 2 * REGION_BYTES);
      const before = [contentHash(shared), contentHash(neighbour)];
      const window = bytes.subarray(
        REGIONS_AT + WINDOW,
        REGIONS_AT + WINDOW + WINDOW_BYTES + WINDOW_PAD,
      );
      const random = seededRandom(3);
      const answers: number[] = [];
      for (let call = 0; call < CALLS; call += 1) {
        if (call % 40 === 0) {
          const kind = random.below(5);
          for (let at = 0; at < window.length; at += 1) window[at] = anyByte(kind, random);
        }
        answers.push(callAny(module, random));
      }
      expect(answers.every((answer) => answer >= STATUS_BAD_ARGUMENT)).toBe(true);
      expect(answers).toContain(STATUS_BAD_ARGUMENT);
      expect(answers.some((answer) => answer > 1000)).toBe(true);
      expect([contentHash(shared), contentHash(neighbour)]).toEqual(before);
    },
  );

  test('refuse to count before they have a region', () => {
    const { compiled, memory } = build();
    const module = instantiateCounter(compiled, memory);
    expect([
      module.countWindow(1, 1, 1),
      module.openPiece(0, 1, 1),
      module.cutPiece(0, 1, 1),
      module.unitsBetween(0, 1),
      module.keepBytes(0, 1),
      module.moveToLargeWindow(0, 1),
      module.clearRegion(),
      module.addSingleBytes(),
      module.addMerges(1),
    ]).toEqual(Array.from({ length: 9 }, () => STATUS_NOT_ATTACHED));
  });

  test('refuse regions and encodings that there are not', () => {
    const { compiled, memory } = build();
    const module = instantiateCounter(compiled, memory);
    for (const [region, encoding] of [
      [-1, 0],
      [64, 0],
      [2 ** 31 - 1, 0],
      [1, 0], // beyond the end of this memory
      [0, 2],
      [0, -1],
    ] as const) {
      expect(module.attach(region, encoding, 0)).toBe(STATUS_BAD_ARGUMENT);
    }
  });

  test('refuse merges of tokens that there are not, and too many at once', () => {
    const { compiled, memory } = build();
    const module = instantiateCounter(compiled, memory);
    module.attach(0, 0, 0);
    const window = new Uint32Array(memory.buffer, module.windowAddress(), 2);
    module.addSingleBytes();
    window.set([256, 0]);
    expect(module.addMerges(1)).toBe(STATUS_BAD_TABLE);
    window.set([0, 2 ** 32 - 1]);
    expect(module.addMerges(1)).toBe(STATUS_BAD_TABLE);
    expect(module.addMerges(-1)).toBe(STATUS_BAD_ARGUMENT);
    expect(module.addMerges(WINDOW_BYTES)).toBe(STATUS_BAD_ARGUMENT);
  });

  test('refuse a vocabulary of more long tokens than there is room for', () => {
    const { compiled, memory } = build();
    const module = instantiateCounter(compiled, memory);
    module.attach(0, 0, 0);
    const window = new Uint8Array(memory.buffer, module.windowAddress(), WINDOW_BYTES);
    window.set(Array.from({ length: 256 }, (_, byte) => byte));
    module.addSingleBytes();
    const add = (left: number, right: number): number => {
      window.set([left & 0xff, left >> 8, (right & 0xf) << 4, right >> 4, 0]);
      return module.addMerges(1);
    };
    // 256 to 259 have 2, 4, 8 and 16 bytes.
    for (const part of [97, 256, 257, 258]) expect(add(part, part)).toBe(STATUS_OK);
    const bytes = Array.from({ length: 256 }, (_, byte) => byte);
    const lefts = Array.from({ length: 64 }, (_, index) => 259 + index);
    const answers = lefts.flatMap((left) => bytes.map((byte) => add(left, byte)));
    const refused = answers.indexOf(STATUS_BAD_TABLE);
    expect(refused).toBeGreaterThan(10_000);
    expect(new Set(answers.slice(0, refused))).toEqual(new Set([STATUS_OK]));
    expect(new Set(answers.slice(refused))).toEqual(new Set([STATUS_BAD_TABLE]));
  });
});
