import { type JsonObject, type JsonValue, toText } from '../domain/json.ts';
import type { ArgumentDelta } from './argument-delta.ts';
import { argumentDelta } from './argument-delta.ts';
import { attemptSimilarity } from './argument-similarity.ts';
import { isTransient } from './error-class.ts';
import { saysWhich } from './identifier.ts';
import { hasFailed } from './tool-log-entry.ts';
import type { ToolLogEntry } from './tool-log-entry.ts';

/** A failure that a later success put right. */
export interface FixLink {
  readonly failure: ToolLogEntry;
  readonly delta: ArgumentDelta;
  /** How much both calls are the same attempt, 0 to 1. */
  readonly similarity: number;
}

/** What a success has to do with the failures before it. */
export interface FixFindings {
  /** The latest failure first. */
  readonly fixes: readonly FixLink[];
  /** The failure that the call repeated without a change; null when there is none. */
  readonly retryOf: ToolLogEntry | null;
}

/** Two calls from here on are attempts at the same thing. */
const SAME_ATTEMPT = 0.6;
/** What it adds when the failure's text names what was changed. */
const NAMED_CHANGE = 0.25;
/** What the goal adds when it is the same one, and takes when it is another. */
const SAME_GOAL = 0.1;
const SHORTEST_NAMED = 3;

/**
 * What a success put right among the failures of its tool in the calls before it. A failure is linked when both calls are
 * attempts at the same thing: by their arguments, by whether the failure named what was changed, and by their goals; its order in
 * the log is not enough. A success with the arguments of a failure is a repetition: whatever changed lies outside of the
 * arguments, so that earlier failures are linked only where the repeated one was of a kind that passes by itself.
 */
export function findFixes(
  success: Pick<ToolLogEntry, 'toolName' | 'contextGoal'> & { readonly arguments: JsonObject },
  before: readonly ToolLogEntry[],
): FixFindings {
  const failures = before.filter(
    (entry) => entry.toolName === success.toolName && hasFailed(entry) && entry.fixedBy === null,
  );
  const fixes: FixLink[] = [];
  let retryOf: ToolLogEntry | null = null;
  for (const failure of failures.toReversed()) {
    const delta = argumentDelta(failure.arguments, success.arguments);
    if (delta === null) {
      retryOf ??= failure;
      if (failure.errorClass === null || !isTransient(failure.errorClass)) break;
      continue;
    }
    const similarity = similarityOf(failure, success, delta);
    if (similarity >= SAME_ATTEMPT) fixes.push({ failure, delta, similarity });
  }
  return { fixes, retryOf };
}

function similarityOf(
  failure: ToolLogEntry,
  success: Pick<ToolLogEntry, 'contextGoal'> & { readonly arguments: JsonObject },
  delta: ArgumentDelta,
): number {
  const words = wordsOf(failure.errorMessage ?? '');
  const offers = (value: JsonValue): boolean => words.has(toText(value).toLowerCase());
  let similarity = attemptSimilarity(failure.arguments, success.arguments, offers);
  if (similarity > 0 && namesChange(words, delta)) similarity += NAMED_CHANGE;
  if (failure.contextGoal !== null && success.contextGoal !== null) {
    similarity += failure.contextGoal === success.contextGoal ? SAME_GOAL : -SAME_GOAL;
  }
  return Math.min(1, similarity);
}

function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.toLowerCase().split(/[^\p{L}\p{N}_-]+/u));
}

/** Whether a failure's text names an argument that was changed, or the value that it had; which thing it was about it names anyway. */
function namesChange(
  words: ReadonlySet<string>,
  { added = {}, removed = [], changed = {} }: ArgumentDelta,
): boolean {
  const settings = Object.entries(changed).filter(([name, { from }]) => !saysWhich(name, from));
  const names = [...Object.keys(added), ...removed, ...settings.map(([name]) => name)];
  if (names.some((name) => words.has(name.toLowerCase()))) return true;
  return settings.some(([, { from }]) => {
    const value = toText(from).toLowerCase();
    return [...words].some(
      (word) => word.length >= SHORTEST_NAMED && /\d/.test(word) && value.includes(word),
    );
  });
}
