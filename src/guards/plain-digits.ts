/** Signs that stand in figures of other scripts and of typesetters, and what they are in ASCII. */
const SIGNS_BY_PLAIN: Readonly<Record<string, RegExp>> = {
  '-': /[\u2010\u2011\u2212\uFE63\uFF0D]/,
  ' ': /[\u00A0\u2007\u2009\u202F\u205F\u3000]/,
  // A comma of full width parts items of a list or thousands: as an apostrophe, both are read.
  "'": /[\u02BC\u066C\u2019\uFF07\uFF0C]/,
  '.': /[\u066B\uFF0E]/,
  '%': /[\u066A\uFF05]/,
};
const BEYOND_ASCII = /[^\0-\x7F]/;
const SIGNS = Object.values(SIGNS_BY_PLAIN).map(({ source }) => source);
const OTHER_FORMS = new RegExp([...SIGNS, '(?![0-9])\\p{Nd}'].join('|'), 'gu');
const DIGIT = /\p{Nd}/u;
/** The only digits whose scripts follow one another without a gap. */
const FIRST_MATHEMATICAL = 0x1d7ce;
const LAST_MATHEMATICAL = 0x1d7ff;
const BASE = 10;

/** The text with digits, signs and blanks of figures as ASCII has them: of any script, full width or typeset. */
export function withPlainDigits(text: string): string {
  return BEYOND_ASCII.test(text) ? text.replace(OTHER_FORMS, plainForm) : text;
}

function plainForm(sign: string): string {
  for (const [plain, signs] of Object.entries(SIGNS_BY_PLAIN)) if (signs.test(sign)) return plain;
  return String(digitValue(sign.codePointAt(0) ?? 0));
}

/** Each script has its ten digits in a row. */
function digitValue(code: number): number {
  if (code >= FIRST_MATHEMATICAL && code <= LAST_MATHEMATICAL)
    return (code - FIRST_MATHEMATICAL) % BASE;
  let value = 0;
  while (value < BASE - 1 && DIGIT.test(String.fromCodePoint(code - value - 1))) value += 1;
  return value;
}
