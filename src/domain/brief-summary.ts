import type { JsonValue } from './json.ts';
import type { SegmentSummary, SummaryBrief } from './segment.ts';
import { cutText } from './cut-text.ts';
import { noteTokens } from './summary-note.ts';

/**
 * Tokens that the beginning of a summary takes in a prompt at most, besides `NOTE_TOKENS`. Those of 16 segments then take
 * less than half of the 1000 that all summaries have by default, and spans have the other half.
 */
export const BRIEF_TOKENS = 24;

/** A summary that nobody has counted yet. */
interface NewSummary extends Pick<SegmentSummary, 'text' | 'origin' | 'revision'> {
  readonly fromSegment: number;
  readonly toSegment: number;
}

/** About as many characters as the tokens hold of English; where they hold fewer, a shorter text is tried. */
const BRIEF_LENGTH = BRIEF_TOKENS * 4;
/** How much shorter the next try is. */
const SHORTER = 0.75;
/** Ends a text that was cut off. */
const ELLIPSIS = '…';

/** A summary with its tokens, and with those of its beginning where it is longer than that may be. */
export function countedSummary(
  made: NewSummary,
  countTokens: (content: JsonValue) => number,
): SegmentSummary {
  const { text, origin, revision } = made;
  const tokens = noteTokens(made, countTokens);
  if (tokens <= BRIEF_TOKENS) return { text, tokens, origin, revision };
  for (let length = BRIEF_LENGTH; length >= 1; length = Math.floor(length * SHORTER)) {
    const brief = { length: wordsWithin(text, length), tokens: 0 };
    const shortened = { ...made, text: briefText(text, brief) };
    const briefTokens = noteTokens(shortened, countTokens);
    if (briefTokens <= BRIEF_TOKENS)
      return { text, tokens, origin, revision, brief: { ...brief, tokens: briefTokens } };
  }
  return { text, tokens, origin, revision };
}

/** The beginning of a summary as it is told. */
export function briefText(text: string, { length }: SummaryBrief): string {
  return `${text.slice(0, length)}${ELLIPSIS}`;
}

/** Where the last word ends that is whole; a text without words is cut between two characters. */
function wordsWithin(text: string, maxLength: number): number {
  const { length } = cutText(text, maxLength);
  const isWhole = length === text.length || /\s/u.test(text.charAt(length));
  const end = isWhole ? length : text.slice(0, length).search(/[^\p{L}\p{N}]+[\p{L}\p{N}]*$/u);
  // One long word, or a script that writes none apart: better half of it than nearly nothing.
  return end < length / 2 ? length : end;
}
