import type { Claim, ClaimDraft } from '../../domain/claim.ts';
import { searchTerms } from '../search/search-terms.ts';

/** A draft and where it was said. */
export interface PlacedDraft extends ClaimDraft {
  readonly position: number;
}

const MONEY = /[$€£¥]\s?\d|\d\s?(?:usd|eur|gbp|dollars|euros|bucks)\b/i;
const DATE =
  /\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d|\b\d{4}-\d\d-\d\d\b|\b\d{1,2} (?:january|february|march|april|may|june|july|august|september|october|november|december)\b|\btomorrow\b/i;
const NUMBER = /\d/;

/**
 * Which of the claims that count a correction speaks of, where it does not name a subject that one of them has: the latest one
 * that holds what is replaced, or else has a subject that includes its own or is included in it, or else, when it names nothing
 * but a value, a value of the same form.
 */
export function correctedClaim(draft: PlacedDraft, claims: Iterable<Claim>): Claim | null {
  const earlier = [...claims]
    .filter(({ position }) => position < draft.position)
    .toSorted((one, other) => other.position - one.position);
  if (draft.replaces.length > 0) {
    const named = earlier.find((claim) => holds(claim, draft.replaces));
    if (named !== undefined) return named;
  }
  if (draft.subject !== '') return earlier.find((claim) => isRelated(claim, draft)) ?? null;
  const form = formOf(draft.text);
  return form === null ? null : (earlier.find((claim) => formOf(claim.text) === form) ?? null);
}

function holds(claim: Claim, terms: readonly string[]): boolean {
  const held = new Set([
    ...claim.subject.split(' '),
    ...claim.value.split(' '),
    ...searchTerms(claim.text),
  ]);
  return terms.every((term) => held.has(term));
}

function isRelated(claim: Claim, { subject }: PlacedDraft): boolean {
  if (claim.subject === '' || claim.kind === 'preference') return false;
  const [one, other] = [claim.subject.split(' '), subject.split(' ')];
  return one.every((term) => other.includes(term)) || other.every((term) => one.includes(term));
}

function formOf(text: string): 'money' | 'date' | 'number' | null {
  if (MONEY.test(text)) return 'money';
  if (DATE.test(text)) return 'date';
  return NUMBER.test(text) ? 'number' : null;
}
