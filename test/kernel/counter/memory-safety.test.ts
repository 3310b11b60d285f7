import { describe, expect, test } from 'vitest';
import {
  LARGE_WINDOW_AT,
  MAX_TOKENS,
  MAX_VOCABULARY_BYTES,
  MERGE_BYTES,
  NO_LIMIT,
  REGION_BYTES,
  REGIONS_AT,
  SINGLE_BYTES,
  STATUS_BAD_ARGUMENT,
  STATUS_BAD_TABLE,
  STATUS_MORE,
  STATUS_NOT_ATTACHED,
  STATUS_OK,
  VOCABULARY_AT,
  WINDOW,
  WINDOW_BYTES,
  WINDOW_PAD,
} from '../../../assembly/shared/tokenizer-layout.ts';
import {
  compileCounter,
  createCounterMemory,
  instantiateCounter,
} from '../../../src/kernel/counter-module.ts';
import type { CounterMemory, CounterModule } from '../../../src/kernel/counter-module.ts';
import { attachCounter, buildCounterTables } from '../../../src/kernel/counter-tables.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import { WasmCounter } from '../../../src/kernel/wasm-counter.ts';
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
    () => module.writeIds(),
    () => module.leaveLarge(),
  ];
  return calls[random.below(calls.length)]!();
}

function build(encoding: EncodingName = 'cl100k_base'): CounterTables {
  return buildCounterTables({ encoding, rules: 'openai' })!;
}

const LETTER_A = 97;

type Merge = readonly [left: number, right: number];

/** An instance with a region, in a memory that has no tables yet. */
function emptyModule(memory = createCounterMemory(375, 2202)): CounterModule {
  const module = instantiateCounter(compileCounter()!, memory);
  expect(module.attach(0, 0, 0)).toBe(STATUS_OK);
  return module;
}

/** How building ends with a vocabulary of these merges. */
function built(module: CounterModule, memory: CounterMemory, merges: readonly Merge[]): number {
  const singles = Array.from({ length: SINGLE_BYTES }, (_, byte) => byte);
  const bytes = merges.flatMap(([left, right]) => [
    left & 0xff,
    (left >> 8) & 0xff,
    (left >> 16) | ((right & 0xf) << 4),
    (right >> 4) & 0xff,
    right >> 12,
  ]);
  const file = Uint8Array.from([...singles, ...bytes]);
  new Uint8Array(memory.buffer, VOCABULARY_AT, file.length).set(file);
  expect(module.vocabularyHash(file.length) >>> 0).toBe(contentHash(file));
  let status = module.beginTables(file.length);
  while (status === STATUS_OK || status === STATUS_MORE) {
    status = module.buildStep();
    if (status === STATUS_OK) return status;
  }
  return status;
}

function statusOf(merges: readonly Merge[]): number {
  const memory = createCounterMemory(375, 2202);
  return built(emptyModule(memory), memory, merges);
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
      module.enterLarge(),
      module.clearRegion(),
      module.beginTables(SINGLE_BYTES),
      module.buildStep(),
    ]).toEqual(Array.from({ length: 8 }, () => STATUS_NOT_ATTACHED));
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

  test('refuse merges of tokens that there are not', () => {
    expect(statusOf([[256, 0]])).toBe(STATUS_BAD_TABLE);
    expect(statusOf([[0, 0xfffff]])).toBe(STATUS_BAD_TABLE);
    expect(
      statusOf([
        [0, 255],
        [256, 256],
      ]),
    ).toBe(STATUS_OK);
    expect(statusOf([])).toBe(STATUS_OK);
  });

  test('refuse files that are no vocabulary, and a second one in the same memory', () => {
    const module = emptyModule();
    for (const byteLength of [-1, 0, 255, 2 ** 31 - 1, MAX_VOCABULARY_BYTES + 1]) {
      expect(module.beginTables(byteLength)).toBe(STATUS_BAD_ARGUMENT);
    }
    expect(module.beginTables(SINGLE_BYTES + 1)).toBe(STATUS_BAD_TABLE);
    expect(module.beginTables(SINGLE_BYTES + MERGE_BYTES * MAX_TOKENS)).toBe(STATUS_BAD_TABLE);
    expect(module.buildStep()).toBe(STATUS_BAD_TABLE);
    expect(module.beginTables(SINGLE_BYTES)).toBe(STATUS_OK);
    expect(module.beginTables(SINGLE_BYTES)).toBe(STATUS_BAD_TABLE);
    expect([-1, 2 ** 31 - 1, MAX_VOCABULARY_BYTES + 1].map(module.vocabularyHash)).toEqual([
      0, 0, 0,
    ]);
  });

  test('refuse a vocabulary of more long tokens than there is room for', () => {
    // 256 to 259 have 2, 4, 8 and 16 bytes.
    const first = [97, 256, 257, 258].map((part) => [part, part] as const);
    const longer = (lefts: number): Merge[] =>
      Array.from({ length: 256 * lefts }, (_, at) => [259 + (at >> 8), at & 0xff] as const);
    expect(statusOf([...first, ...longer(40)])).toBe(STATUS_OK);
    expect(statusOf([...first, ...longer(64)])).toBe(STATUS_BAD_TABLE);
  });

  test.each([
    ['up to 7 bytes', 1, 190_000],
    ['8 to 15 bytes', 7, 105_000],
  ])(
    'find every token where far more than a run holds are of one kind, %s',
    (_, firstBytes, most) => {
      const texts = ['a'.repeat(firstBytes)];
      // The token of the first text, made letter by letter.
      const merges: Merge[] = Array.from({ length: firstBytes - 1 }, (_unused, at) => [
        at === 0 ? LETTER_A : SINGLE_BYTES + at - 1,
        LETTER_A,
      ]);
      const firstRank = firstBytes === 1 ? LETTER_A : SINGLE_BYTES + merges.length - 1;
      const nextRank = SINGLE_BYTES + merges.length;
      for (let left = 0; texts.length < most; left += 1) {
        for (let letter = 0; letter < 26; letter += 1) {
          merges.push([left === 0 ? firstRank : nextRank + left - 1, LETTER_A + letter]);
          texts.push(texts[left]! + String.fromCodePoint(LETTER_A + letter));
        }
      }
      const memory = createCounterMemory(375, 2202);
      const module = emptyModule(memory);
      expect(built(module, memory, merges)).toBe(STATUS_OK);
      const counter = new WasmCounter(module, memory);
      const missing = texts.filter((text) => counter.countUpTo(text, 100) !== 1);
      expect(missing).toEqual([]);
    },
  );
});
