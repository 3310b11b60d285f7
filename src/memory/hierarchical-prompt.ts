import { isJsonObject, type JsonValue, toText } from '../domain/json.ts';
import type { SummaryNote } from '../domain/summary-note.ts';
import type { PromptSource } from './prompt-view.ts';

/** Keys under which a summary may keep its text, the most specific first. */
const TEXT_KEYS = ['note', 'content', 'text'];

/**
 * What a session builds on, oldest first: the summaries of the sessions it comes from, as many levels as are given, then
 * those of its own closed segments.
 */
export function hierarchyNotes(
  source: PromptSource,
  parentSummaries: readonly JsonValue[],
): readonly SummaryNote[] {
  const inherited = parentSummaries.map((summary) => {
    return { about: 'an earlier conversation', text: summaryText(summary) };
  });
  const own = (source.segments ?? []).flatMap(({ number, summary }) =>
    summary === null ? [] : [{ about: `segment ${number}`, text: summary.text }],
  );
  return [...inherited, ...own];
}

function summaryText(summary: JsonValue): string {
  if (!isJsonObject(summary)) return summary === null ? '' : toText(summary);
  const key = TEXT_KEYS.find((candidate) => Object.hasOwn(summary, candidate));
  return toText((key === undefined ? summary : summary[key]) ?? '');
}
