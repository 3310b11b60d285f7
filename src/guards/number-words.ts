import { signAt } from './number-sign.ts';

/** How a word takes part in a number: as a sum's part, as a factor of what stands before it, or as a part of one. */
interface NumberWord {
  readonly value: number;
  readonly role: 'part' | 'factor' | 'fraction';
}

const PARTS =
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
  eighteen nineteen`.split(/\s+/);
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
/** Words that multiply what stands before them. */
export const FACTORS: Readonly<Record<string, number>> = {
  dozen: 12,
  hundred: 100,
  thousand: 1_000,
  million: 1_000_000,
  billion: 1_000_000_000,
  trillion: 1_000_000_000_000,
};
const HUNDRED = 100;
const THOUSAND = 1_000;
const BASE = 10;

const WORDS: ReadonlyMap<string, NumberWord> = new Map<string, NumberWord>([
  ...PARTS.map((word, value) => [word, { value, role: 'part' }] as const),
  ...TENS.map((word, index) => [word, { value: (index + 2) * BASE, role: 'part' }] as const),
  ...Object.entries(FACTORS).map(([word, value]) => [word, { value, role: 'factor' }] as const),
  ['half', { value: 0.5, role: 'fraction' }],
  ['quarter', { value: 0.25, role: 'fraction' }],
]);
const LONGEST_WORD = Math.max(...[...WORDS.keys()].map((word) => word.length));
/** Words within a number that change nothing, as in `two hundred and fifty` or `half a million`. */
const JOINTS: ReadonlySet<string> = new Set(['and', 'a', 'an', 'of']);
const PERCENT = 'percent';
const GAP = /^(?:[ -]|, )$/;
const MAX_GAP = 2;
const PRECISION = 15;

/** A word of a text, and where it stands. */
export interface TextWord {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A product as a person would write it: 1.1 million has no eleventh digit. */
export function roundProduct(left: number, right: number): number {
  return Number((left * right).toPrecision(PRECISION));
}

/** Reads numbers written in words, each word as a number of its own and those that make one together: `twenty-five` is 20, 5 and 25. */
export class NumberWords {
  readonly #text: string;
  /** What thousands, millions and so on have come to. */
  #total = 0;
  /** What has come since. */
  #current = 0;
  #smallestScale = Infinity;
  #count = 0;
  #end = -1;
  #isNegative = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Takes the next word; gives the number that it is, and before that the one that ended with the words before it. */
  take(word: TextWord): readonly number[] {
    const { text, start, end } = word;
    const lower = text.length > LONGEST_WORD ? '' : text.toLowerCase();
    const found = WORDS.get(lower);
    if (found === undefined) {
      if (this.#count === 0) return [];
      const isNext = this.#isNextTo(start);
      if (isNext && lower === PERCENT)
        return [(this.#total + this.#current) / HUNDRED, ...this.finish()];
      if (!isNext || !JOINTS.has(lower)) return this.finish();
      this.#end = end;
      return [];
    }
    const isPart = this.#count > 0 && this.#isNextTo(start) && this.#fits(found);
    const before = isPart ? [] : this.finish();
    if (!isPart) this.#isNegative = signAt(this.#text, start) === 'either';
    this.#add(found);
    this.#end = end;
    return [...before, ...this.#signed(found.value)];
  }

  /** The number that words made together; none where there was one word, or where it has been given. */
  finish(): readonly number[] {
    const made = this.#count > 1 ? this.#signed(this.#total + this.#current) : [];
    this.#total = 0;
    this.#current = 0;
    this.#smallestScale = Infinity;
    this.#count = 0;
    return made;
  }

  #signed(value: number): readonly number[] {
    return this.#isNegative ? [value, -value] : [value];
  }

  #isNextTo(start: number): boolean {
    return start - this.#end <= MAX_GAP && GAP.test(this.#text.slice(this.#end, start));
  }

  #fits({ value, role }: NumberWord): boolean {
    if (role === 'factor' && value >= THOUSAND) return value < this.#smallestScale;
    if (role === 'factor') return this.#current > 0 && this.#current < HUNDRED;
    if (!Number.isInteger(this.#current)) return false;
    if (role === 'fraction') return true;
    const room = this.#current % HUNDRED;
    return room === 0 || (value < BASE && room >= 2 * BASE && room % BASE === 0);
  }

  #add({ value, role }: NumberWord): void {
    this.#count += 1;
    if (role !== 'factor') {
      this.#current += value;
      return;
    }
    const product = roundProduct(this.#current === 0 ? 1 : this.#current, value);
    if (value < THOUSAND) {
      this.#current = product;
      return;
    }
    this.#total += product;
    this.#current = 0;
    this.#smallestScale = value;
  }
}
