import type { JsonValue } from '../domain/json.ts';

/** Letters with digits, or capitals only. */
const IDENTIFIER = /^(?:(?=\S*\d)(?=\S*\p{L})\S{3,}|\p{Lu}{5,})$/u;
const WHOLE_NUMBER = /^\d+$/;
const WORD_BORDER = /[^\p{L}\p{N}]+|(?<=[\p{Ll}\p{N}])(?=\p{Lu})/u;
/** Words of names whose whole numbers say which one. */
const WHICH: ReadonlySet<string> = new Set(
  'id ids uid guid key code ref reference account invoice order ticket'.split(' '),
);
/** Such words where they end the name: `seat_number`, but `number_of_seats`. */
const WHICH_AT_END: ReadonlySet<string> = new Set('number num no nr'.split(' '));
const LEAST_COMMON_END = 5;

/** Whether a value says which thing is meant: it looks like an identifier, or is a whole number under a name that says so. */
export function saysWhich(name: string, value: JsonValue): boolean {
  if (typeof value === 'string' && IDENTIFIER.test(value)) return true;
  const isWhole =
    typeof value === 'string' ? WHOLE_NUMBER.test(value) : Number.isSafeInteger(value);
  return isWhole && namesWhich(name);
}

/** Whether an identifier is the same one in another spelling: with other signs or case, or with another word before it. */
export function isRespelled(value: JsonValue, other: JsonValue): boolean {
  const [left = '', right = ''] = [lettersOf(value), lettersOf(other)].sort(
    (first, second) => first.length - second.length,
  );
  return left === right || (left.length >= LEAST_COMMON_END && right.endsWith(left));
}

function namesWhich(name: string): boolean {
  const words = name.split(WORD_BORDER).map((word) => word.toLowerCase());
  return words.some((word) => WHICH.has(word)) || WHICH_AT_END.has(words.at(-1) ?? '');
}

function lettersOf(value: JsonValue): string {
  if (typeof value !== 'string' && typeof value !== 'number') return '';
  return String(value)
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}
