import { readFigure } from './figures.ts';
import { NumberWords } from './number-words.ts';
import { signAt } from './number-sign.ts';
import { withPlainDigits } from './plain-digits.ts';

const DATE = /\d{4}-\d{1,2}-\d{1,2}/y;
/** Letters of scripts that know capitals: digits behind them belong to a name such as `v2`. Other scripts write amounts without blanks. */
const CASED = /[\p{Lu}\p{Ll}\p{Lt}]/u;
/** What a point behind it ends or goes on, so that it begins no number. */
const BEFORE_POINT = /[\p{L}\p{N}_]/u;
/** Codes of currencies, which many write right before the amount. */
const CURRENCIES: ReadonlySet<string> = new Set(
  `usd eur gbp jpy cny rmb inr rs chf cad aud nzd hkd sgd twd krw sek nok dkk kr pln czk huf ron bgn try rub uah ils aed sar qar
  kwd egp mad ngn kes zar brl mxn ars clp cop pen thb vnd idr myr rm php pkr bdt lkr btc eth usdt`.split(
    /\s+/,
  ),
);
const MAX_CURRENCY_LENGTH = 4;

const YEAR_LENGTH = 4;
const HYPHEN = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const UNDERSCORE = 0x5f;
const LETTER_A = 0x61;
const LETTER_Z = 0x7a;
/** The bit in which small letters differ from capital ones. */
const LOWER_CASE = 0x20;
const LAST_ASCII = 0x7f;

/**
 * The numbers that a text names, in their order, as people write them: with separators of thousands, decimal commas, signs,
 * exponents and scales, in digits of any script; of a date its parts; of `10%` both 10 and 0.1; of `twenty-five` 20, 5 and 25; and
 * both readings of what may be two numbers. Digits within names are none.
 */
export function numbersInText(text: string): readonly number[] {
  return new TextScan(withPlainDigits(text)).numbers();
}

/** Whether a text begins with the code of a currency and digits right behind it, as `USD250`. */
export function beginsWithCurrency(text: string): boolean {
  let end = 0;
  while (isLetter(text.charCodeAt(end))) end += 1;
  return isDigit(text.charCodeAt(end)) && isCurrency(text.slice(0, end));
}

/** A text that is read once, from its beginning to its end. */
class TextScan {
  readonly #text: string;
  readonly #words: NumberWords;
  readonly #numbers: number[] = [];
  /** Where the latest groups of digits end. */
  #groupsEnd = 0;

  constructor(text: string) {
    this.#text = text;
    this.#words = new NumberWords(text);
  }

  numbers(): readonly number[] {
    for (let index = 0; index < this.#text.length;) index = this.#read(index);
    this.#push(this.#words.finish());
    return this.#numbers;
  }

  /** Reads what begins at an index; gives where the next begins. */
  #read(index: number): number {
    const code = this.#text.charCodeAt(index);
    if (isLetter(code)) return this.#readWord(index);
    if (code === UNDERSCORE) return this.#nameEnd(index);
    if (isDigit(code))
      return this.#isInName(index) ? this.#nameEnd(index) : this.#readFigure(index);
    if (code === POINT && this.#isDecimalPoint(index)) return this.#readDecimals(index);
    return index + 1;
  }

  #readWord(start: number): number {
    let end = start + 1;
    while (isLetter(this.#text.charCodeAt(end))) end += 1;
    if (this.#isCased(start - 1) || this.#isCased(end)) return this.#nameEnd(end);
    const word = this.#text.slice(start, end);
    this.#push(this.#words.take({ text: word, start, end }));
    return isCurrency(word) ? end : this.#nameEnd(end);
  }

  #readFigure(start: number): number {
    const date = this.#dateAt(start);
    if (date !== null) {
      this.#push(date.split('-').map(Number));
      return start + date.length;
    }
    const { numbers, end, groupsEnd } = readFigure(this.#text, start, this.#groupsEnd);
    this.#groupsEnd = groupsEnd;
    const sign = signAt(this.#text, start);
    if (sign !== 'minus') this.#push(numbers);
    if (sign !== 'none') this.#push(numbers.map((number) => -number));
    return end;
  }

  /** Behind another point, as in `5..10`, what follows may be a whole number too. */
  #readDecimals(point: number): number {
    const end = this.#readFigure(point);
    return this.#text.charCodeAt(point - 1) === POINT ? point + 1 : end;
  }

  #dateAt(start: number): string | null {
    if (this.#text.charCodeAt(start + YEAR_LENGTH) !== HYPHEN) return null;
    DATE.lastIndex = start;
    return DATE.exec(this.#text)?.[0] ?? null;
  }

  /** Digits and underscores that follow a name belong to it. */
  #nameEnd(start: number): number {
    let end = start;
    while (isDigit(this.#text.charCodeAt(end)) || this.#text.charCodeAt(end) === UNDERSCORE)
      end += 1;
    return end;
  }

  /** Behind a word it ends that, as in `Rs.500` and `No.12`. */
  #isDecimalPoint(index: number): boolean {
    if (!isDigit(this.#text.charCodeAt(index + 1))) return false;
    return index === 0 || !BEFORE_POINT.test(this.#text.charAt(index - 1));
  }

  #isInName(index: number): boolean {
    const before = this.#text.charCodeAt(index - 1);
    return isDigit(before) || this.#isCased(index - 1);
  }

  /** Letters of ASCII are read as words before anybody asks. */
  #isCased(index: number): boolean {
    return this.#text.charCodeAt(index) > LAST_ASCII && CASED.test(this.#text.charAt(index));
  }

  #push(numbers: readonly number[]): void {
    for (const number of numbers) this.#numbers.push(number);
  }
}

/** Whether a word is the code of a currency. */
function isCurrency(word: string): boolean {
  return word.length <= MAX_CURRENCY_LENGTH && CURRENCIES.has(word.toLowerCase());
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function isLetter(code: number): boolean {
  const lower = code | LOWER_CASE;
  return lower >= LETTER_A && lower <= LETTER_Z;
}
