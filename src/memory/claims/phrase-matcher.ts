import { ADVERBS, type ClaimWord } from './claim-words.ts';

/** Where a phrase was found, in indexes of words. */
export interface PhraseMatch {
  readonly from: number;
  /** The first word behind it. */
  readonly to: number;
  /** The words that `...` stood for. */
  readonly gap: readonly ClaimWord[];
  /** What the phrase is about by itself. */
  readonly topic: string | null;
}

/** Finds the first of several phrases in words. */
export type PhraseMatcher = (words: readonly ClaimWord[]) => PhraseMatch | null;

const MAX_GAP = 4;
/** A clause may begin with these. */
const OPENERS: ReadonlySet<string> = new Set(
  'and but so well ok okay hey oh yes yeah no wait sorry also then anyway please remember note btw fyi that actually'.split(
    ' ',
  ),
);

/** What stands for somebody is no subject. */
const PRONOUNS: ReadonlySet<string> = new Set("i we you he she they it i'm we're it's".split(' '));

const ANCHORS: ReadonlyMap<string, 'clause' | 'sentence'> = new Map([
  ['^', 'clause'],
  ['^^', 'sentence'],
]);

interface Phrase {
  /** What has to be before it: nothing, or nothing but what a clause may begin with. */
  readonly anchor: 'none' | 'clause' | 'sentence';
  /** Null stands for any words. */
  readonly parts: readonly (Part | null)[];
  readonly topic: string | null;
}

interface Part {
  readonly words: ReadonlySet<string>;
  readonly beginnings: readonly string[];
}

/** Phrases that do not begin with a word, and what has to be there for any of them to begin at a place. */
interface OpenPhrases {
  readonly phrases: readonly Phrase[];
  /** Whether all stand at the beginning of a clause, which that of a sentence is too. */
  readonly isAnchored: boolean;
  /** One of them stands behind the gap that each begins with; null when one begins with no gap, or not with words behind it. */
  readonly behindGap: ReadonlySet<string> | null;
}

const NO_PHRASES: readonly Phrase[] = [];

/** A matcher for phrases as {@link ClaimPhrases} writes them; of several at the same word, one that begins with a word is taken before one that begins with any. */
export function phraseMatcher(phrases: readonly string[]): PhraseMatcher {
  const all = phrases.map(toPhrase).filter(({ parts }) => parts.length > 0);
  const byFirstWord = new Map<string, Phrase[]>();
  for (const phrase of all.filter(isIndexed)) {
    for (const word of phrase.parts[0]?.words ?? []) {
      byFirstWord.set(word, [...(byFirstWord.get(word) ?? []), phrase]);
    }
  }
  const open = toOpenPhrases(all.filter((phrase) => !isIndexed(phrase)));
  return (words) => {
    // By index: every message passes here a dozen times, and an iterator makes objects for each word.
    for (let from = 0; from < words.length; from += 1) {
      const begun = byFirstWord.get(words[from]?.key ?? '') ?? NO_PHRASES;
      const match = firstAt(words, from, begun) ?? firstOpenAt(words, from, open);
      if (match !== null) return match;
    }
    return null;
  };
}

function toOpenPhrases(phrases: readonly Phrase[]): OpenPhrases {
  const behind = phrases.map(({ parts: [first, next] }) =>
    first === null && next?.beginnings.length === 0 ? [...next.words] : null,
  );
  return {
    phrases,
    isAnchored: phrases.every(({ anchor }) => anchor !== 'none'),
    behindGap: behind.includes(null) ? null : new Set(behind.flatMap((words) => words ?? [])),
  };
}

function toPhrase(text: string): Phrase {
  const [phrase = '', topic] = text.split('=>');
  const parts = phrase.split(/\s+/).filter((part) => part !== '');
  const anchor = ANCHORS.get(parts[0] ?? '') ?? 'none';
  return {
    anchor,
    parts: (anchor === 'none' ? parts : parts.slice(1)).map(toPart),
    topic: topic?.trim() ?? null,
  };
}

function toPart(text: string): Part | null {
  if (text === '...') return null;
  const words = text.split('|').map((word) => word.toLowerCase().replaceAll('’', "'"));
  return {
    words: new Set(words.filter((word) => !word.endsWith('*'))),
    beginnings: words.filter((word) => word.endsWith('*')).map((word) => word.slice(0, -1)),
  };
}

/** Whether the first word tells if a phrase may begin there. */
function isIndexed({ parts }: Phrase): boolean {
  return parts[0]?.beginnings.length === 0;
}

function firstAt(
  words: readonly ClaimWord[],
  from: number,
  phrases: readonly Phrase[],
): PhraseMatch | null {
  for (const phrase of phrases) {
    const match = matchAt(words, from, phrase);
    if (match !== null) return match;
  }
  return null;
}

/** As {@link firstAt}. Where none of them can begin, which is nearly everywhere, they are not tried one by one. */
function firstOpenAt(
  words: readonly ClaimWord[],
  from: number,
  { phrases, isAnchored, behindGap }: OpenPhrases,
): PhraseMatch | null {
  if (phrases.length === 0) return null;
  if (isAnchored && !startsClause(words, from, 'clause')) return null;
  if (behindGap !== null && !isNear(words, from, behindGap)) return null;
  return firstAt(words, from, phrases);
}

/** Whether one of some words stands where a gap that begins at `from` may end. */
function isNear(words: readonly ClaimWord[], from: number, keys: ReadonlySet<string>): boolean {
  for (let at = from + 1; at <= from + MAX_GAP; at += 1) {
    if (keys.has(words[at]?.key ?? '')) return true;
  }
  return false;
}

function matchAt(
  words: readonly ClaimWord[],
  from: number,
  { anchor, parts, topic }: Phrase,
): PhraseMatch | null {
  if (anchor !== 'none' && !startsClause(words, from, anchor)) return null;
  let at = from;
  let gap: readonly ClaimWord[] = [];
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? null;
    if (part !== null) {
      at = skipAdverbs(words, at, part);
      if (at < 0) return null;
      at += 1;
      continue;
    }
    const length = gapLength(words, at, parts[index + 1] ?? null);
    if (length === 0) return null;
    gap = words.slice(at, at + length);
    at += length;
  }
  return { from, to: at, gap, topic };
}

function startsClause(
  words: readonly ClaimWord[],
  at: number,
  anchor: 'clause' | 'sentence',
): boolean {
  const before = words[at - 1];
  if (before === undefined || before.kind === 'mark') return true;
  return OPENERS.has(before.key) && (anchor === 'clause' || before.key !== 'and');
}

/** The place of the next part, which adverbs may stand before; -1 when it does not follow. */
function skipAdverbs(words: readonly ClaimWord[], from: number, part: Part): number {
  for (let at = from; ; at += 1) {
    if (fits(words[at], part)) return at;
    if (!ADVERBS.has(words[at]?.key ?? '')) return -1;
  }
}

function fits(word: ClaimWord | undefined, { words, beginnings }: Part): boolean {
  if (word === undefined || word.kind === 'quoted') return false;
  return words.has(word.key) || beginnings.some((beginning) => word.key.startsWith(beginning));
}

/** How many words lie before the next part; 0 when it does not follow. */
function gapLength(words: readonly ClaimWord[], from: number, next: Part | null): number {
  for (let length = 0; length <= MAX_GAP; length += 1) {
    const word = words[from + length];
    if (word === undefined || word.kind === 'quoted') return 0;
    if (length > 0 && next !== null && fits(word, next)) return length;
    if (PRONOUNS.has(word.key) || word.kind === 'mark' || (length === 0 && OPENERS.has(word.key)))
      return 0;
  }
  return 0;
}
