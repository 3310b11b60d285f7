import type { ClaimDraft, ClaimKind, ClaimSource } from '../../domain/claim.ts';
import type { ClaimPhrases } from './claim-phrases.ts';
import {
  clauseFrom,
  type ClaimTopic,
  namedTopic,
  objectTopic,
  preferenceTopic,
  termsOf,
} from './claim-subject.ts';
import type { ClaimWord } from './claim-words.ts';
import { type PhraseMatch, type PhraseMatcher, phraseMatcher } from './phrase-matcher.ts';

/** What a sentence claims, and where the claim begins. */
export interface FoundClaim extends Pick<ClaimDraft, 'kind' | 'subject' | 'value' | 'replaces'> {
  /** Index of the first word of it. */
  readonly from: number;
  /** Whether a number, a date or a name is part of it. */
  readonly hasFigure: boolean;
}

/** Finds what a sentence claims, in order. */
export type ClaimRules = (
  words: readonly ClaimWord[],
  source: Pick<ClaimSource, 'role' | 'speaker'>,
) => readonly FoundClaim[];

type Matchers = Readonly<Record<keyof ClaimPhrases, PhraseMatcher>>;

/** A phrase that was found, with the clause behind it. */
interface Finding {
  readonly group: keyof ClaimPhrases;
  readonly match: PhraseMatch;
  /** The keys of its words. */
  readonly phrase: ReadonlySet<string>;
  readonly object: readonly ClaimWord[];
}

/** The order in which a sentence is tried: what is said most outright comes first. */
const USER_GROUPS = [
  'decision',
  'change',
  'dislike',
  'preference',
  'plan',
  'fact',
  'figure',
] as const;
const CORRECTING_GROUPS = [...USER_GROUPS, 'amendment'] as const;
const ASSISTANT_GROUPS = ['assistantDecision'] as const;
const KINDS: Readonly<Partial<Record<keyof ClaimPhrases, ClaimKind>>> = {
  dislike: 'preference',
  preference: 'preference',
  plan: 'plan',
  fact: 'fact',
  figure: 'fact',
  change: 'correction',
  amendment: 'correction',
};
/** A sentence with more of them is a list. */
const MAX_CLAIMS_OF_SENTENCE = 4;
/** How far behind a claim it may be taken back, in words. */
const DOUBT_REACH = 3;
/** Terms of what is no longer so. */
const MAX_REPLACED = 4;
/** How far behind a phrase a number, a date or a name has to stand. */
const FIGURE_REACH = 4;
/** Nothing that somebody likes or dislikes begins so. */
const NO_OBJECT: ReadonlySet<string> = new Set(
  'it that this these those them him her you your how what when where why seeing hearing the i we so and being one'.split(
    ' ',
  ),
);
/** What follows `like to` is a wish about this conversation. */
const TALK: ReadonlySet<string> = new Set(
  'know see hear think say ask thank learn understand be'.split(' '),
);
/** Behind `always` or `never`, something that was or is so by itself. */
const PAST =
  /(?:ed|ing|gets)$|^(?:thought|knew|had|was|been|got|felt|did|made|saw|heard|seen|found|went|came|said|took|gave|told|forget|wanted)$/;
const TALK_COUNTS = /^(?:questions?|issues?|problems?|ideas?|things?|options?|errors?)$/;
const REPLACED_ENDS: ReadonlySet<string> = new Set('to for use go with as in on at and'.split(' '));
const NO_LONGER = ['longer', 'never'];
const NEGATIONS: ReadonlySet<string> = new Set('not against no longer never'.split(' '));

/** Rules made of phrases. What an assistant says counts when it is said outright, and what a tool or a system says never does. */
export function claimRules(phrases: ClaimPhrases): ClaimRules {
  const matchers = toMatchers(phrases);
  return (words, source) => {
    if (source.role !== 'user' && source.role !== 'assistant') return [];
    const isCorrection = matchers.correction(words) !== null;
    const reading: Reading = { words, matchers, isCorrection, role: source.role };
    const claims: FoundClaim[] = [];
    let start = 0;
    for (let tries = 0; tries < MAX_CLAIMS_OF_SENTENCE; tries += 1) {
      const finding = findFrom(start, reading);
      if (finding === null) break;
      start = finding.match.to + finding.object.length;
      const claim = toClaim(finding, reading, ownerOf(source));
      if (claim !== null) claims.push(claim);
    }
    return claims;
  };
}

interface Reading {
  readonly words: readonly ClaimWord[];
  readonly matchers: Matchers;
  readonly isCorrection: boolean;
  readonly role: 'user' | 'assistant';
}

function toMatchers(phrases: ClaimPhrases): Matchers {
  return {
    decision: phraseMatcher(phrases.decision),
    assistantDecision: phraseMatcher(phrases.assistantDecision),
    plan: phraseMatcher(phrases.plan),
    preference: phraseMatcher(phrases.preference),
    dislike: phraseMatcher(phrases.dislike),
    fact: phraseMatcher(phrases.fact),
    figure: phraseMatcher(phrases.figure),
    correction: phraseMatcher(phrases.correction),
    change: phraseMatcher(phrases.change),
    amendment: phraseMatcher(phrases.amendment),
    replaced: phraseMatcher(phrases.replaced),
    hypothetical: phraseMatcher(phrases.hypothetical),
    doubt: phraseMatcher(phrases.doubt),
  };
}

/** The first group with a phrase that stands before something to claim, in the words from `start` on. */
function findFrom(start: number, { words, matchers, isCorrection, role }: Reading): Finding | null {
  const userGroups = isCorrection ? CORRECTING_GROUPS : USER_GROUPS;
  const rest = start === 0 ? words : words.slice(start);
  for (const group of role === 'user' ? userGroups : ASSISTANT_GROUPS) {
    const found = matchers[group](rest);
    if (found === null) continue;
    const match = { ...found, from: found.from + start, to: found.to + start };
    const phrase = new Set(words.slice(match.from, match.to).map(({ key }) => key));
    const finding = { group, match, phrase, object: clauseFrom(words, match.to) };
    if (claimsSomething(finding, words)) return finding;
  }
  return null;
}

function toClaim(finding: Finding, reading: Reading, owner: string): FoundClaim | null {
  const { words, matchers, isCorrection } = reading;
  if (isHypothetical(words, finding, matchers)) return null;
  const topic = topicOf(finding, owner);
  if (topic === null) return null;
  const known = KINDS[finding.group] ?? 'decision';
  const kind = isCorrection && known !== 'preference' ? 'correction' : known;
  return {
    kind,
    ...topic,
    replaces: kind === 'correction' ? replacedTerms(words, { ...reading, finding, topic }) : [],
    from: finding.match.from,
    hasFigure: finding.object.some(isFigure),
  };
}

function claimsSomething(
  { group, match, phrase, object }: Finding,
  words: readonly ClaimWord[],
): boolean {
  if (termsOf(object).length === 0) return false;
  switch (group) {
    case 'figure':
      return isFigureFact(match, object);
    case 'amendment':
      return !isState(phrase) || object.slice(0, FIGURE_REACH).some(isFigure);
    case 'preference':
    case 'dislike':
      return isLikeable(object, words[match.to - 1]?.key ?? '');
    case 'decision':
      // "I picked up a book" decides nothing.
      return object[0]?.key !== 'up';
    default:
      return true;
  }
}

/** Whether what follows "I like" or "never" is something that one may like or do at any time. */
function isLikeable([first, second]: readonly ClaimWord[], lastOfPhrase: string): boolean {
  if (first === undefined || NO_OBJECT.has(first.key)) return false;
  if (lastOfPhrase === 'always' || lastOfPhrase === 'never') return !PAST.test(first.key);
  return first.key !== 'to' || (second !== undefined && !TALK.has(second.key));
}

/** "It's Friday" says something, "it's great" does not; "use Postgres" does. */
function isState(phrase: ReadonlySet<string>): boolean {
  return ["it's", 'is', 'are', 'should'].some((word) => phrase.has(word));
}

/** "The budget is $40k", "I'm Ada", "I have two children". */
function isFigureFact({ gap, topic }: PhraseMatch, object: readonly ClaimWord[]): boolean {
  if (gap.length > 0 || topic !== null) return object.slice(0, FIGURE_REACH).some(isFigure);
  const [first, second] = object;
  // "I'm 100% sure" is no figure.
  if (first === undefined || !isFigure(first) || first.key.endsWith('%')) return false;
  return second === undefined || !TALK_COUNTS.test(second.key);
}

function isFigure({ kind }: ClaimWord): boolean {
  return kind === 'figure' || kind === 'name' || kind === 'quoted';
}

function isHypothetical(
  words: readonly ClaimWord[],
  { match, object }: Finding,
  matchers: Matchers,
): boolean {
  const before = words.slice(0, match.from);
  const clause = before.slice(before.findLastIndex(({ kind }) => kind === 'mark') + 1);
  return (
    matchers.hypothetical(words.slice(0, match.to)) !== null ||
    matchers.doubt(clause) !== null ||
    // "We'll use Kafka, maybe" is no decision either.
    matchers.doubt(words.slice(match.to, match.to + object.length + DOUBT_REACH)) !== null
  );
}

/** Whom `I` and `my` speak of. */
function ownerOf({ role, speaker }: Pick<ClaimSource, 'role' | 'speaker'>): string {
  return (speaker ?? role).toLowerCase();
}

function topicOf(finding: Finding, owner: string): ClaimTopic | null {
  const { group, match, phrase, object } = finding;
  const topic = plainTopic(finding, owner);
  if (topic.subject === '' && group !== 'amendment') return null;
  // "The deadline is Friday not Thursday" denies nothing.
  const reach = match.gap.length === 0 ? 2 : 1;
  const isDenied =
    NO_LONGER.some((word) => phrase.has(word)) ||
    object.slice(0, reach).some(({ key }) => NEGATIONS.has(key));
  return isDenied && !topic.value.startsWith('not ')
    ? { ...topic, value: `not ${topic.value}` }
    : topic;
}

function plainTopic({ group, match, phrase, object: all }: Finding, owner: string): ClaimTopic {
  const object = phrase.has('from') ? newState(all) : all;
  if (match.gap.length > 0 || match.topic !== null) {
    const isOwn = phrase.has('my') || match.topic !== null;
    return namedTopic(match, object, isOwn ? owner : '');
  }
  if (group === 'preference' || group === 'dislike') {
    return preferenceTopic(object, { owner, isLiked: group === 'preference' });
  }
  return objectTopic(object, group === 'figure' || group === 'fact' ? owner : '');
}

/** "from May 3 to May 10": the second. */
function newState(object: readonly ClaimWord[]): readonly ClaimWord[] {
  return object.slice(object.findIndex(({ key }) => key === 'to') + 1);
}

interface Found {
  readonly finding: Finding;
  readonly topic: ClaimTopic;
}

function firstMatch(
  parts: readonly (readonly ClaimWord[])[],
  matcher: PhraseMatcher,
): readonly [part: readonly ClaimWord[], match: PhraseMatch | null] {
  for (const part of parts) {
    const match = matcher(part);
    if (match !== null) return [part, match];
  }
  return [[], null];
}

/** What is no longer so: all that "we no longer use Redis" names, or what stands behind "instead of". */
function replacedTerms(
  words: readonly ClaimWord[],
  { matchers, isCorrection, finding, topic }: Reading & Found,
): readonly string[] {
  if (finding.phrase.has('longer') && finding.match.gap.length === 0) {
    return topic.subject.split(' ');
  }
  const { from } = finding.match;
  const parts = isCorrection ? [words.slice(from), words.slice(0, from)] : [words.slice(from)];
  const [part, match] = firstMatch(parts, matchers.replaced);
  if (match === null) return [];
  const behind = clauseFrom(part, match.to);
  const end = behind.findIndex(({ key }, at) => at > 0 && REPLACED_ENDS.has(key));
  return [...new Set(termsOf(end < 0 ? behind : behind.slice(0, end)))].slice(0, MAX_REPLACED);
}
