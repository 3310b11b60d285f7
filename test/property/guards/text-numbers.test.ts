import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numbersInText } from '../../../src/guards/text-numbers.ts';

const LOCALES = [
  'en-US',
  'en-IN',
  'de-DE',
  'de-CH',
  'fr-FR',
  'sv-SE',
  'ja-JP-u-nu-fullwide',
  'ar-EG-u-nu-arab',
  'fa-IR-u-nu-arabext',
  'hi-IN-u-nu-deva',
  'bn-BD-u-nu-beng',
  'th-TH-u-nu-thai',
  'en-US-u-nu-mathsans',
] as const;
const PLACES = [
  '# please',
  'send #',
  'pay (#)',
  '转账#元',
  'ต้องการ#บาท',
  '送#円',
  '# kg',
  '"#"',
] as const;

const ONES =
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen`.split(/\s+/);
const TENS = '_ _ twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** A number below a thousand, in words. */
function smallInWords(value: number, joint: string): string {
  const [hundreds, rest] = [Math.floor(value / 100), value % 100];
  const tens = `${TENS[Math.floor(rest / 10)]}${rest % 10 === 0 ? '' : `-${ONES[rest % 10]}`}`;
  const below = rest < 20 ? ONES[rest] : tens;
  if (hundreds === 0) return `${below}`;
  return rest === 0 ? `${ONES[hundreds]} hundred` : `${ONES[hundreds]} hundred${joint}${below}`;
}

function inWords(value: number, joint: string): string {
  const scales = [
    [1e9, 'billion'],
    [1e6, 'million'],
    [1e3, 'thousand'],
  ] as const;
  const above = scales
    .map(([scale, name]) => [Math.floor(value / scale) % 1000, name] as const)
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${smallInWords(count, joint)} ${name}`);
  const rest = value % 1000;
  return [...above, ...(rest === 0 && value > 0 ? [] : [smallInWords(rest, joint)])].join(' ');
}

const WHOLE = String.raw`\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d*)?|(?<![\p{L}\d_.])\.\d+`;
const PLAIN = new RegExp(
  String.raw`-?(?<date>\d{4}-\d\d?-\d\d?)|(?<word>[\p{L}_]+)(?:[\p{N}_]+(?:[-.,]\d+)*(?:e[+-]?\d+)?)?|` +
    String.raw`(?<!\d)(?<minus>(?<![\p{L}\p{N}_)\]])-)?(?<size>${WHOLE})(?<exponent>e[+-]?\d{1,3}(?![\p{L}\p{N}]))?(?<percent>\s?(?:%|percent\b))?`,
  'giu',
);

/** The numbers that are in a text at least: those in plain form, without what may be a part of a name. */
function plainNumbersIn(text: string): readonly number[] {
  return [...text.matchAll(PLAIN)].flatMap(({ groups = {} }) => {
    if (groups['date'] !== undefined) return groups['date'].split('-').map(Number);
    if (groups['size'] === undefined) return [];
    const size = Number(groups['size'].replaceAll(',', '') + (groups['exponent'] ?? ''));
    if (!Number.isFinite(size)) return [];
    const value = groups['minus'] === undefined ? size : -size;
    return groups['percent'] === undefined ? [value] : [value, value / 100];
  });
}

const NEIGHBOURS = [
  ...'.,;:!?#@~=+-–—/\\*^&|%$()[]{}<>"\'`_≈€£₹‘’“”«»…·×°№§、。，（）％ \n'.split(''),
  ...'Rs. Rs No. kr. p. v x k m kg é 元 ر minus percent million hundred and a one'.split(' '),
];

describe('numbersInText', () => {
  test('G-W49: loses no number in plain form, whatever stands before and behind it', () => {
    const number = fc.constantFrom(
      ...'5 12 250 007 1,500 1,500.25 1.5 0.25 .5 3. 1e3 2.5e-2 2024-01-15'.split(' '),
    );
    const neighbours = fc
      .array(fc.constantFrom(...NEIGHBOURS), { minLength: 1, maxLength: 3 })
      .map((signs) => signs.join(''));
    const pieces = fc.array(fc.tuple(number, neighbours), { maxLength: 4 });
    fc.assert(
      fc.property(neighbours, pieces, (first, others) => {
        const text = first + others.flat().join('');

        expect({ text, numbers: numbersInText(text) }).toEqual({
          text,
          numbers: expect.arrayContaining([...plainNumbersIn(text)]) as unknown,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test('G-W49: a number is found directly behind and before any sign, and behind a word that a point ends', () => {
    const before = fc.constantFrom(
      ...'# @ ~ ≈ = + / ( [ { < > " “ ‘ « € $ £ ₹ * : ; , – — … Rs. No. kr. p. Done. 5/ 5– 5..'.split(
        ' ',
      ),
    );
    const behind = fc.constantFrom(
      ...'. , ; : ! ? ) ] } > " ” ’ » € % / * x kg m – — - …'.split(' '),
    );
    const figure = fc.integer({ min: 1, max: 999_999 });
    fc.assert(
      fc.property(before, figure, behind, (left, value, right) => {
        const text = `send ${left}${value}${right} now`;

        expect({ text, numbers: numbersInText(text) }).toEqual({
          text,
          numbers: expect.arrayContaining([value]) as unknown,
        });
      }),
    );
  });

  test('G-W49: finds every number as people of many countries write it, wherever it stands', () => {
    const cents = fc.integer({ min: -200_000_000_000, max: 200_000_000_000 });
    const options = fc.record({
      locale: fc.constantFrom(...LOCALES),
      place: fc.constantFrom(...PLACES),
    });
    fc.assert(
      fc.property(
        cents,
        fc.constantFrom(0, 1, 2, 3),
        options,
        (digits, places, { locale, place }) => {
          const value = Number((digits / 10 ** places).toFixed(places));
          // What a letter stands before is no sign.
          fc.pre(value >= 0 || !/\p{L}#/u.test(place));
          const format = new Intl.NumberFormat(locale, { minimumFractionDigits: places });
          const text = place.replace('#', format.format(value));

          expect({ text, numbers: numbersInText(text) }).toEqual({
            text,
            numbers: expect.arrayContaining([value]) as unknown,
          });
        },
      ),
    );
  });

  test('G-W49: finds numbers in words, each word and all of them together', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 2_000 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
    );
    fc.assert(
      fc.property(value, fc.constantFrom(' ', ' and '), fc.boolean(), (number, joint, isMinus) => {
        const words = inWords(number, joint);
        const text = isMinus ? `Minus ${words}.` : `I have ${words} left.`;

        expect({ text, numbers: numbersInText(text) }).toEqual({
          text,
          numbers: expect.arrayContaining([isMinus ? -number : number]) as unknown,
        });
      }),
    );
  });

  test('G-W49: digits within names are none, whatever script the name is of', () => {
    const letter = fc.constantFrom(
      'a',
      'b',
      'k',
      'm',
      'x',
      'z',
      'A',
      'E',
      'X',
      'é',
      'Ж',
      'λ',
      'ｖ',
    );
    const name = fc.array(letter, { minLength: 5, maxLength: 8 });
    fc.assert(
      fc.property(
        name,
        fc.integer({ min: 0, max: 1e9 }),
        fc.boolean(),
        (letters, number, isFullWidth) => {
          const digits = isFullWidth
            ? new Intl.NumberFormat('ja-JP-u-nu-fullwide', { useGrouping: false }).format(number)
            : String(number);

          expect(numbersInText(`see ${letters.join('')}${digits} and _${digits}`)).toEqual([]);
        },
      ),
    );
  });

  test('G-W49: the numbers of a computer are what they are, and rows of them stay rows', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 20 }),
        (row) => {
          const found = numbersInText(JSON.stringify(row));

          expect(found).toEqual(expect.arrayContaining(row.map((number) => number + 0)));
        },
      ),
    );
  });

  test('takes any text, and time in proportion to its length', () => {
    const sign = fc.constantFrom(
      ...'1 12 123 1234 ٣ ５ 転 k million hundred one and a half minus'.split(' '),
      ...", . ' _ - \u202F \u2212 % $ e é ( 𝟗 \uD800".split(' '),
      ' ',
    );
    const unit = fc.array(sign, { minLength: 1, maxLength: 6 }).map((signs) => signs.join(''));
    fc.assert(
      fc.property(unit, (text) => {
        const startMs = performance.now();
        const numbers = numbersInText(text.repeat(Math.ceil(100_000 / text.length)));

        // With the square of the length it would take minutes.
        expect(performance.now() - startMs).toBeLessThan(15_000);
        expect(numbers.every(Number.isFinite)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});
