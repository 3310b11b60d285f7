import type { ClaimDraft, ClaimKind, ClaimSource } from '../../domain/claim.ts';
import { graphemeBorder } from '../../tokens/grapheme.ts';
import type { FoundClaim } from './claim-rules.ts';
import { type ClaimSentence, claimSentences } from './claim-sentences.ts';
import {
  type ClaimExtractorOptions,
  type ClaimSettings,
  claimSettings,
  parseExtractorOptions,
} from './claim-settings.ts';
import { claimText } from './claim-text.ts';
import type { ClaimWord } from './claim-words.ts';

/** Finds decisions, facts and the like in messages, by rules and without a model. */
export interface ClaimExtractor {
  /** The claims of a message, in the order in which they stand there; the same for the same message. */
  readonly extract: (source: ClaimSource) => readonly ClaimDraft[];
}

/** What a kind of claim is worth; a number, a date or a name makes it worth more. */
export const CLAIM_IMPORTANCE: Readonly<Record<ClaimKind, number>> = {
  correction: 0.9,
  decision: 0.9,
  plan: 0.85,
  preference: 0.75,
  fact: 0.75,
};
const HAS_WORD = /[\p{L}\p{N}]/u;
const TURNS: ReadonlySet<string> = new Set(
  "but so which though although can could how what here's please".split(' '),
);
const SELF = /^(?:i|we|now|you|it)\b/;
const FIGURE_BONUS = 0.05;
/** No more than this of a message is read: what is longer is pasted. */
const MAX_READ = 100_000;

/**
 * An extractor made of rules. Its time is linear in the length of a message.
 * @throws INVALID_INPUT naming the option, also one that does not exist.
 */
export function createClaimExtractor(options: ClaimExtractorOptions = {}): ClaimExtractor {
  const settings = claimSettings(parseExtractorOptions(options));
  return { extract: (source) => extractByRules(source, settings) };
}

/** The claims that rules find in a message. */
export function extractByRules(
  source: ClaimSource,
  settings: ClaimSettings,
): readonly ClaimDraft[] {
  if (source.role !== 'user' && source.role !== 'assistant') return [];
  const drafts = new Map<string, ClaimDraft>();
  for (const sentence of claimSentences(readable(source.text))) {
    for (const found of settings.rules(sentence.words, source)) {
      const draft = toDraft(found, { sentence, source, settings });
      // What is said twice in a message is one claim, as it was said last.
      if (draft.text !== '') drafts.set(`${draft.subject}=${draft.value}`, draft);
    }
  }
  return strongest([...drafts.values()], settings.maxClaims);
}

function readable(text: string): string {
  return text.length <= MAX_READ ? text : text.slice(0, graphemeBorder(text, MAX_READ));
}

/** The most important ones, of equals the first, in their order. */
export function strongest(drafts: readonly ClaimDraft[], limit: number): readonly ClaimDraft[] {
  if (drafts.length <= limit) return drafts;
  const ranked = drafts.toSorted((one, other) => other.importance - one.importance);
  const chosen = new Set(ranked.slice(0, limit));
  return drafts.filter((draft) => chosen.has(draft));
}

interface DraftContext {
  readonly sentence: ClaimSentence;
  readonly source: ClaimSource;
  readonly settings: ClaimSettings;
}

function toDraft(found: FoundClaim, { sentence, source, settings }: DraftContext): ClaimDraft {
  const { kind, subject, value, replaces } = found;
  return {
    kind,
    text: textOf(sentence, found, settings),
    subject,
    value,
    replaces,
    importance: importanceOf(found),
    provenance: [source.pageId],
    role: source.role,
    createdAtMs: source.createdAtMs,
  };
}

function importanceOf({ kind, hasFigure }: FoundClaim): number {
  // In whole hundredths, which sums of fractions are not.
  return Math.round((CLAIM_IMPORTANCE[kind] + (hasFigure ? FIGURE_BONUS : 0)) * 100) / 100;
}

/** The clauses that the claim stands in, without what leads to it and what is asked or doubted behind it. */
function textOf(
  { text, words }: ClaimSentence,
  { from }: FoundClaim,
  { maxTokens, countTokens }: ClaimSettings,
): string {
  const start =
    words[words.slice(0, from).findLastIndex(({ kind }) => kind === 'mark') + 1]?.start ?? 0;
  const turn = words.findIndex(
    (word, at) => at > from && word.kind === 'mark' && turnsAway(words, at + 1),
  );
  const last = words[(turn < 0 ? words.length : turn) - 1]?.end ?? text.length;
  // What stands behind the last word belongs to it: a bracket, a full stop.
  const end = turn < 0 && !HAS_WORD.test(text.slice(last)) ? text.length : last;
  return claimText(text.slice(start, end), maxTokens, countTokens);
}

/** Whether a clause that begins there says something else: "but I'm not sure", "so I need", "and I want". */
function turnsAway(words: readonly ClaimWord[], at: number): boolean {
  const [first, second] = [words[at]?.key ?? '', words[at + 1]?.key ?? ''];
  return TURNS.has(first) || (first === 'and' && SELF.test(second));
}
