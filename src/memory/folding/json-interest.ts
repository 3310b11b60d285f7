import { isJsonObject, type JsonValue } from '../../domain/json.ts';
import { stemOf, termsIn } from './term.ts';

/** Says how much a value inside a JSON value matters, and under which key it stands there; more is more. */
export type InterestOf = (value: JsonValue, key?: string) => number;

const PLAIN = 0;
const FAILURE = 1;
const MATCH = 2;
const FAILURE_KEY = /^(?:errors?|exceptions?|failures?|warnings?|stack|traceback)$/i;
const FAILURE_TEXT = /^(?:error|failed|failure|fatal|exception)\b/i;
/** A longer string is looked at no further than this. */
const MAX_LOOK = 2_000;

/** Ranks what tells of failures, and what has to do with the focus, above the rest. Looks at each value once. */
export function interestIn(whole: JsonValue, focus: string | undefined): InterestOf {
  const asked = new Set(termsIn(focus ?? '').map(({ key }) => stemOf(key)));
  const known = new Map<object, number>();
  const interestOf: InterestOf = (value, key) => {
    const own = ownInterest(value, { asked, known });
    return key === undefined ? own : Math.max(own, interestOfKey(key, value, asked));
  };
  const visit = (value: JsonValue): void => {
    if (typeof value !== 'object' || value === null) return;
    let interest = PLAIN;
    for (const [key, item] of Object.entries(value)) {
      visit(item);
      interest = Math.max(interest, interestOf(item, isJsonObject(value) ? key : undefined));
    }
    known.set(value, interest);
  };
  visit(whole);
  return interestOf;
}

function ownInterest(
  value: JsonValue,
  {
    asked,
    known,
  }: { readonly asked: ReadonlySet<string>; readonly known: ReadonlyMap<object, number> },
): number {
  if (typeof value === 'string') return interestOfText(value, asked);
  if (typeof value === 'object' && value !== null) return known.get(value) ?? PLAIN;
  return asked.has(String(value)) ? MATCH : PLAIN;
}

function interestOfText(text: string, asked: ReadonlySet<string>): number {
  const start = text.slice(0, MAX_LOOK);
  if (asked.size > 0 && termsIn(start).some(({ key }) => asked.has(stemOf(key)))) return MATCH;
  return FAILURE_TEXT.test(start) ? FAILURE : PLAIN;
}

/** Keys such as `errors` matter unless there are none. */
function interestOfKey(key: string, item: JsonValue, asked: ReadonlySet<string>): number {
  if (asked.size > 0 && termsIn(key).some((term) => asked.has(stemOf(term.key)))) return MATCH;
  const isEmpty = item === null || item === false || item === '' || item === 0;
  const isVoid = isEmpty || (typeof item === 'object' && Object.keys(item).length === 0);
  return FAILURE_KEY.test(key) && !isVoid ? FAILURE : PLAIN;
}
