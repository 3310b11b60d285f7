import { seededRandom } from '../../../src/testing/seeded-random.ts';
import type { SeededRandom } from '../../../src/testing/seeded-random.ts';

/** Ranges of code points that tokenizers treat in different ways; the last ones hold whatever is there. */
const RANGES: readonly (readonly [first: number, last: number])[] = [
  [0x00, 0x7f],
  [0x20, 0x7e],
  [0x80, 0xff],
  [0x100, 0x24f],
  [0x300, 0x36f],
  [0x370, 0x3ff],
  [0x400, 0x4ff],
  [0x590, 0x6ff],
  [0x900, 0x97f],
  [0xe00, 0xe7f],
  [0x10a0, 0x10ff],
  [0x1c80, 0x1cbf],
  [0x1e00, 0x1fff],
  [0x2000, 0x206f],
  [0x2070, 0x218f],
  [0x2190, 0x2bff],
  [0x3000, 0x30ff],
  [0x4e00, 0x9fff],
  [0xa7c0, 0xa7ff],
  [0xac00, 0xd7a3],
  [0xd800, 0xdfff],
  [0xf900, 0xfaff],
  [0xfe00, 0xffff],
  [0x10000, 0x11fff],
  [0x16e40, 0x16ebf],
  [0x1d400, 0x1d7ff],
  [0x1e6c0, 0x1e94b],
  [0x1f300, 0x1faff],
  [0x20000, 0x323af],
  [0x0, 0x10ffff],
];

const WHITE =
  ' |  |\n|\r\n|\n\n|\t|\t\t|    |\v|\f|\r|\u0085|\u00a0|\u1680|\u2028|\u3000|\ufeff|\u180e';
const MARKS =
  "/|//|!|!!|...|--|==|<\\|>|'|’s|\u200b|\u200d|\ufe0f|\u0301|\u0300\u0301|_|$|。|，|\u0000|\u001c";
const ENDINGS = "'s|'S|'t|'ll|'LL|'Re|'ve|'d|'m|'lL|'ſ|'ſt|'re|'x|'é|'\u212a";
const LETTERS =
  'a|A|Ab|aB|ABc|the| The|ſ|ǅ|ʰ|ª|中|ア|ー|한|ß|ΑΒγ|İ|ı|é|e\u0301|привет|Привет|مرحبا|नमस्ते|สวัสดี|𝒜|𠀀';
const NUMBERS = '1|12|123|1234|½|²|٣|Ⅷ|0x1F|3.14';
const PICTURES = '🙂|👩‍👩‍👧‍👦|🇩🇪|👍🏽|\ud83d|\ude00|\ud800|\udfff|\u{e0001}';
const WORDS = 'function|constructor|__proto__|toString|<|endoftext|>|<|im_start|>|https://a.b/c';

/** What the rules for splitting text treat differently, and what has tripped other tokenizers. */
const FRAGMENTS: readonly string[] = [
  WHITE,
  MARKS,
  ENDINGS,
  LETTERS,
  NUMBERS,
  PICTURES,
  WORDS,
].flatMap((list) => list.split('|'));

/** Alphabets of texts that are made of little. */
const ALPHABETS: readonly string[] = [
  'ab',
  'abcdefghijklmnopqrstuvwxyz',
  'AaBb',
  '\n \t',
  '0123456789',
  '-=_',
  'aeiou ',
  '的一是不了人我在有他',
  '\u0301a',
  'A中b',
  ' a\n/!',
  "'sSlLvVeEſ",
  'ऀकि्',
];

const MAX_RUN = 60;

/** One text of a kind that is drawn first: all of Unicode, one script, fragments, both mixed, or a small alphabet. */
export function randomText(random: SeededRandom): string {
  const length = 1 + random.below(MAX_RUN);
  switch (random.below(5)) {
    case 0:
      return repeat(length, () => codePointIn(pick(RANGES, random), random));
    case 1:
      return ofOneScript(length, random);
    case 2:
      return repeat(length >> 1, () => pick(FRAGMENTS, random));
    case 3:
      return repeat(length >> 1, () => fragmentOrCodePoint(random));
    default:
      return ofAlphabet([...pick(ALPHABETS, random)], length, random);
  }
}

function ofOneScript(length: number, random: SeededRandom): string {
  const range = pick(RANGES, random);
  return repeat(length, () => (random.below(7) === 0 ? ' ' : codePointIn(range, random)));
}

function fragmentOrCodePoint(random: SeededRandom): string {
  return random.below(2) === 0
    ? pick(FRAGMENTS, random)
    : codePointIn(pick(RANGES, random), random);
}

function ofAlphabet(letters: readonly string[], length: number, random: SeededRandom): string {
  return repeat(length, () => pick(letters, random));
}

function codePointIn([first, last]: readonly [number, number], random: SeededRandom): string {
  return String.fromCodePoint(first + random.below(last - first + 1));
}

function repeat(times: number, draw: () => string): string {
  return Array.from({ length: times }, draw).join('');
}

function pick<Item>(items: readonly Item[], random: SeededRandom): Item {
  return items[random.below(items.length)]!;
}

/** The texts of a seed. */
export function* randomTexts(seed: number, count: number): Generator<string> {
  const random = seededRandom(seed);
  for (let index = 0; index < count; index += 1) yield randomText(random);
}
