import type { JsonValue } from './json.ts';

/** A text about what happened before the messages of a prompt. */
export interface SummaryNote {
  /** What the note is about, e.g. `segment 3`; our own words, never a user's. */
  readonly about: string;
  readonly text: string;
}

/** Whether a note says anything; one that does not is left out of prompts. */
export function saysNothing(text: string): boolean {
  return text.trim() === '';
}

/** A note as it stands among the others in a prompt. */
export function noteBlock({ about, text }: SummaryNote): string {
  return `<note about="${about}">\n${escapeMarkup(text.trim())}\n</note>`;
}

/** Text that cannot open or close a tag. */
export function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** What a note about segments says that it is about. */
export function aboutSegments({
  fromSegment,
  toSegment,
}: {
  readonly fromSegment: number;
  readonly toSegment: number;
}): string {
  return fromSegment === toSegment
    ? `segment ${toSegment}`
    : `segments ${fromSegment} to ${toSegment}`;
}

/** What the marks around a note are measured with. */
const SAMPLE = 'Discussed.';

/**
 * Tokens that the text of a summary adds to a prompt besides `NOTE_TOKENS`. Text and marks are counted together, since
 * the last word of one and the first sign of the other may be one token.
 */
export function noteTokens(
  summary: { readonly fromSegment: number; readonly toSegment: number; readonly text: string },
  countTokens: (content: JsonValue) => number,
): number {
  if (saysNothing(summary.text)) return 0;
  const count = (about: string, text: string): number =>
    // The line break that joins a note to what follows belongs to its last token.
    countTokens(`${noteBlock({ about, text })}\n`);
  const marks = count('segment 1', SAMPLE) - countTokens(SAMPLE);
  return Math.max(0, count(aboutSegments(summary), summary.text) - marks);
}
