import type { JsonObject } from '../domain/json.ts';
import { describeDelta } from './argument-delta.ts';
import type { ToolMemoryManager } from './tool-memory-manager.ts';

/** A way to reach a goal that worked again and again. */
export interface ToolSkill {
  readonly toolName: string;
  readonly goal: string;
  /** Arguments that all of its calls had. */
  readonly argumentHints: JsonObject;
  /** Times that it worked. */
  readonly count: number;
}

/** What somebody wants to know before a call. */
export interface SuggestionRequest {
  readonly toolName: string;
  /** The kind of the failure that has to be put right; null before a first attempt. */
  readonly errorType: string | null;
  /** What the user wants; null where nobody said. */
  readonly goal: string | null;
}

const LEAST_COUNT = 3;

/** The ways that worked so many times at least, three unless told otherwise; the most frequent first. */
export function skillsOf(
  memory: Pick<ToolMemoryManager, 'getPatterns'>,
  leastCount: number = LEAST_COUNT,
): readonly ToolSkill[] {
  const skills = memory.getPatterns().flatMap(({ toolName, successPatterns }) =>
    successPatterns.flatMap(({ goalMatch, argumentHints, count }) => {
      const isSkill =
        goalMatch !== null && count >= leastCount && Object.keys(argumentHints).length > 0;
      return isSkill ? [{ toolName, goal: goalMatch, argumentHints, count }] : [];
    }),
  );
  return skills.toSorted((left, right) => right.count - left.count);
}

/** What earlier calls say about the next one: what put such a failure right, else what worked for the goal; null when nothing is known. */
export function suggestionFor(
  memory: Pick<ToolMemoryManager, 'getFixForError' | 'getSuccessFor'>,
  { toolName, errorType, goal }: SuggestionRequest,
): string | null {
  const fix = errorType === null ? null : memory.getFixForError(toolName, errorType);
  if (fix !== null)
    return `Such a failure of ${toolName} was put right before by this change: ${describeDelta(fix)}.`;
  const success = goal === null || goal === '' ? null : memory.getSuccessFor(toolName, goal);
  if (success === null || Object.keys(success.argumentHints).length === 0) return null;
  return `${toolName} worked for this before with ${JSON.stringify(success.argumentHints)}.`;
}
