const WORD_NUMBERS: Readonly<Record<string, number>> = {
  zero: 0,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  thirteen: 13,
  fourteen: 14,
  fifteen: 15,
  sixteen: 16,
  seventeen: 17,
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
  hundred: 100,
  thousand: 1_000,
  million: 1_000_000,
  dozen: 12,
  half: 0.5,
  quarter: 0.25,
};

const DATE = String.raw`(?<date>\d{4}-\d{1,2}-\d{1,2})`;
const NUMBER = String.raw`(?<sign>(?<![\p{L}\p{N})\]])-)?(?<number>\d{1,3}(?:,\d{3})+(?!\d)(?:\.\d+)?|\d+(?:\.\d*)?|\.\d+)(?<exponent>[eE][+-]?\d{1,3}(?![\p{L}\p{N}]))?`;
const END = String.raw`(?<percent>\s?(?:%|percent\b))?`;
const WORD = String.raw`(?<word>\p{L}+)`;
/** A digit that follows a letter belongs to a name such as `v2`; in a word, digits are no number either. */
const FOUND = new RegExp(`${DATE}|(?<![\\p{L}_])(?<!\\d)${NUMBER}${END}|${WORD}[\\p{N}_]*`, 'giu');
const PERCENT = 100;

/**
 * The numbers that a text names, in their order: with separators of thousands, signs, exponents; of a date its parts; of `10%`
 * both 10 and 0.1; of `twelve` 12. Digits within names are none.
 */
export function numbersInText(text: string): readonly number[] {
  const numbers: number[] = [];
  for (const { groups = {} } of text.matchAll(FOUND)) pushNumbers(numbers, groups);
  return numbers;
}

function pushNumbers(
  numbers: number[],
  groups: Readonly<Record<string, string | undefined>>,
): void {
  const { date, word, number } = groups;
  if (date !== undefined) {
    numbers.push(...date.split('-').map(Number));
    return;
  }
  if (word !== undefined) {
    const value = Object.hasOwn(WORD_NUMBERS, word.toLowerCase())
      ? WORD_NUMBERS[word.toLowerCase()]
      : undefined;
    if (value !== undefined) numbers.push(value);
    return;
  }
  const size = Number(`${(number ?? '').replaceAll(',', '')}${groups['exponent'] ?? ''}`);
  if (!Number.isFinite(size)) return;
  const value = groups['sign'] === undefined ? size : -size;
  numbers.push(value);
  if (groups['percent'] !== undefined) numbers.push(value / PERCENT);
}
