import { describe, expect, test } from 'vitest';
import { NO_LIMIT, WINDOW_BYTES } from '../../../assembly/shared/tokenizer-layout.ts';
import { attachCounter, buildCounterTables } from '../../../src/kernel/counter-tables.ts';
import type { CounterModule } from '../../../src/kernel/counter-module.ts';
import type { CounterTables } from '../../../src/kernel/counter-tables.ts';
import { ENCODINGS, TOKEN_RULES } from '../../../src/kernel/token-rules.ts';
import { WasmCounter } from '../../../src/kernel/wasm-counter.ts';
import { seededRandom } from '../../../src/testing/seeded-random.ts';
import { aTokenKernel, aTwin } from '../../lib/tokens/counters.ts';

// Pieces of ASCII and of letters of two bytes are found 64 bytes at a time, by what stands around each position. Every way in which
// few characters can stand together is tried against the plain build, which goes by the rules one piece after the other.

/** One of each kind that the rules tell apart, and the letters of contractions. */
const KINDS = ['a', 'A', "'", 's', 'l', '1', ' ', '\t', '\n', '.', '/', '\r', 'é', 'Ж'];
const LONGEST = 4;

/** What stands around: the beginning of a text, its end, the edge of a chunk, and the middle of a row of each kind. */
const PLACES: readonly Place[] = [
  (text) => text,
  (text) => `${text}x.`,
  (text) => `${'word '.repeat(12)}${text}`,
  (text) => `${'ab '.repeat(20)}${text}é`,
  (text) => `${'ab '.repeat(21)}${text}`,
  (text) => `....${text}1234`,
  (text) => `  \n ${text}   \n`,
];

const ALPHABETS = [
  "aA's",
  ' \n\t.a',
  '0123456789 a',
  "aA's rRvVeElLtTmMdD",
  ' \n\r/.a1',
  '\u0000\u0001\u000b\u000c\u001c\u007f a\n',
  'abcdefgh ABC, .;:\'"()[]{}\n\t 0123/-_=+*&^%$#@!~`<>?|',
  "aé \n'sſ\u00a0\u3000.日1٣",
  "ñÑoO'sé. ",
  "жЖшШёЁ'а1 ",
  'łŁżŻāĀŉŸžŽſßÿ×÷ xX.',
  "дДèÈşŞ שم日αΑ'l\n",
];
const RANDOM_TEXTS = 12_000;

/** What may stand around a character that is written in two bytes. */
const AROUND: readonly Place[] = [
  (text) => `${text}, and whatever else`,
  (text) => `a${text}b A${text}B a${text}B A${text}b and more`,
  (text) => `${text}a${text}A${text}1${text} ${text}\n${text}. and more`,
  (text) => `'${text} '${text}s ${text}'s ${text}'ll${text} and more`,
  (text) => `${'x'.repeat(62)}${text}${text}y Y${text}`,
  (text) => `${'X'.repeat(63)}${text}y`,
  (text) => text.repeat(40),
];

function* charactersOfTwoBytes(): Iterable<string> {
  for (let code = 0x80; code < 0x800; code += 1) yield String.fromCodePoint(code);
}

function* rows(length: number): Iterable<string> {
  if (length === 0) {
    yield '';
    return;
  }
  for (const rest of rows(length - 1)) for (const kind of KINDS) yield rest + kind;
}

function* randomRows(seed: number): Iterable<string> {
  const random = seededRandom(seed);
  for (let index = 0; index < RANDOM_TEXTS; index += 1) {
    const alphabet = [...ALPHABETS[index % ALPHABETS.length]!];
    const length = 1 + random.below(150);
    let text = '';
    while (text.length < length) {
      const times = random.below(6) === 0 ? random.below(70) : 1;
      text += alphabet[random.below(alphabet.length)]!.repeat(times);
    }
    yield text;
  }
}

type Place = (text: string) => string;

function* inPlaces(written: Iterable<string>, places: readonly Place[]): Iterable<string> {
  for (const text of written) for (const place of places) yield place(text);
}

/** Texts that are counted otherwise by chunks than by the rules, one piece after the other. */
function countedOtherwise(
  written: Iterable<string>,
  how: Pick<Parameters<typeof aTokenKernel>[0], 'encoding' | 'rules'>,
): readonly string[] {
  const simd = aTokenKernel({ ...how, build: 'simd' });
  const plain = aTokenKernel({ ...how, build: 'plain' });
  return [...written].filter(
    (text) => simd.countUpTo(text, Infinity) !== plain.countUpTo(text, Infinity),
  );
}

/** A module that nothing else counts with, and its window. */
function aWindow(tables: CounterTables): {
  readonly module: CounterModule;
  readonly fill: (text: string) => Uint8Array;
} {
  const module = attachCounter(tables, 1)!;
  const window = new Uint8Array(tables.memory.buffer, module.windowAddress(), WINDOW_BYTES);
  return {
    module,
    fill: (text) => window.subarray(0, new TextEncoder().encodeInto(text, window).written),
  };
}

/** Where pieces begin by the rules, and the end. */
function borders(module: CounterModule, length: number): ReadonlySet<number> {
  const found = new Set([0]);
  let at = 0;
  while (at < length) {
    module.openPiece(at, length, 1);
    at += module.openPieceBytes();
    found.add(at);
  }
  return found;
}

const WORDS = [
  "you'll",
  'see',
  'THEY’RE',
  "they've",
  "I'M",
  ' ',
  '\n',
  '  ',
  'x1',
  '12345',
  '(a)',
  ';\n/',
];

function* texts(seed: number, count: number): Iterable<string> {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index += 1) {
    let text = '';
    while (text.length < 160) text += `${WORDS[random.below(WORDS.length)]!} `;
    yield text;
  }
}

describe.each(ENCODINGS)('%s', (encoding) => {
  test('every row of four kinds of characters has the count of the rules, wherever it stands', () => {
    expect(countedOtherwise(inPlaces(rows(LONGEST), PLACES), { encoding })).toEqual([]);
  });

  test.each(TOKEN_RULES)(
    'every character of two bytes has the count of the rules, whatever stands around it, by the rules of %s',
    (rules) => {
      const written = inPlaces(charactersOfTwoBytes(), AROUND);
      expect(countedOtherwise(written, { encoding, rules })).toEqual([]);
    },
  );

  test('random rows have the count of the rules and of the twin', () => {
    const simd = aTokenKernel({ encoding, build: 'simd' });
    const plain = aTokenKernel({ encoding, build: 'plain' });
    const twin = aTwin(encoding);
    for (const text of randomRows(11)) {
      const expected = plain.countUpTo(text, Infinity);
      expect(simd.countUpTo(text, Infinity)).toBe(expected);
      expect(twin.countUpTo(text, Infinity)).toBe(expected);
    }
  });

  test('the rules are not asked about words that only a chunk holds', () => {
    const tables = buildCounterTables({ encoding, rules: 'openai' })!;
    const module = attachCounter(tables, 1)!;
    const counter = new WasmCounter(module, tables.memory);
    const text = 'incomprehensibilities, uncharacteristically; counterrevolutionaries! '.repeat(60);
    expect(counter.countUpTo(text, Infinity)).toBeGreaterThan(500);
    expect(module.work()).toBeLessThan(text.length / 20);
  });

  test('nor about words with letters of two bytes', () => {
    const tables = buildCounterTables({ encoding, rules: 'openai' })!;
    const module = attachCounter(tables, 1)!;
    const counter = new WasmCounter(module, tables.memory);
    const text = 'представление, Größenänderungen; źdźbło największych! '.repeat(60);
    expect(counter.countUpTo(text, Infinity)).toBe(aTwin(encoding).countUpTo(text, Infinity));
    expect(module.work()).toBeLessThan(text.length / 20);
  });

  test.each(TOKEN_RULES)(
    'a window that ends anywhere stops between two pieces, by the rules of %s',
    (rules) => {
      const simd = aWindow(buildCounterTables({ encoding, rules, builds: ['simd'] })!);
      const plain = aWindow(buildCounterTables({ encoding, rules, builds: ['plain'] })!);
      for (const text of [...texts(5, 150), ...[...randomRows(12)].slice(0, 400)]) {
        const bytes = simd.fill(text);
        const known = borders(plain.module, plain.fill(text).length);
        for (let length = 66; length < bytes.length; length += 1) {
          if ((bytes[length]! & 0xc0) === 0x80) continue;
          simd.fill(text); // What stood behind the window that was counted last is gone.
          simd.module.countWindow(length, 0, NO_LIMIT);
          const taken = simd.module.takenBytes();
          expect(known).toContain(taken);
          const before = [...known].filter((border) => border < taken);
          expect(simd.module.bytesBeforeLastPiece()).toBe(before.at(-1) ?? 0);
        }
      }
    },
  );

  test('a contraction of two letters goes with its word at the end of the first window', () => {
    const kernel = aTokenKernel({ encoding, build: 'simd' });
    const twin = aTwin(encoding);
    for (let before = 4000; before < 4096; before += 1) {
      const text = `${'a bc def, '.repeat(500).slice(0, before)} you'll see.${' and more words'.repeat(600)}`;
      expect(kernel.countUpTo(text, Infinity)).toBe(twin.countUpTo(text, Infinity));
    }
  });
});
