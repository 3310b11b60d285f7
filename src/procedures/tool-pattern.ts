import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { ArgumentDelta } from './argument-delta.ts';
import { describeDelta } from './argument-delta.ts';
import { saysSomething } from './goal-match.ts';
import type { ToolLogEntry } from './tool-log-entry.ts';
import { hasFailed } from './tool-log-entry.ts';

/** A kind of failure of a tool. */
export interface ErrorPattern {
  readonly errorType: string;
  readonly count: number;
  /** Goals in whose pursuit it happened, the latest five. */
  readonly contexts: readonly string[];
  /** The arguments of the latest one. */
  readonly exampleArguments: JsonObject | null;
  /** What put it right last, in words. */
  readonly typicalFix: string | null;
  readonly fixDelta: ArgumentDelta | null;
}

/** A way in which a tool succeeded. */
export interface SuccessPattern {
  readonly goalMatch: string | null;
  /** Arguments that did. */
  readonly argumentHints: JsonObject;
  readonly exampleCallId: string;
  /** What was different from a call that had failed. */
  readonly deltaThatFixed: ArgumentDelta | null;
  readonly count: number;
}

/** A value that an argument often had. */
export interface CommonValue {
  readonly value: JsonValue;
  readonly count: number;
}

/** What the calls of one tool have in common. */
export interface ToolPattern {
  readonly toolName: string;
  readonly totalCalls: number;
  readonly successCount: number;
  readonly failureCount: number;
  readonly timedCalls: number;
  readonly totalMs: number;
  /** By argument, the most frequent first, five each; of 50 arguments at most. */
  readonly commonArguments: Readonly<Record<string, readonly CommonValue[]>>;
  /** The latest last. */
  readonly successPatterns: readonly SuccessPattern[];
  /** The latest last. */
  readonly errorPatterns: readonly ErrorPattern[];
  readonly updatedAtMs: number;
}

/** How many patterns are kept of one tool. */
export interface PatternLimits {
  readonly maxPatterns: number;
}

const MAX_CONTEXTS = 5;
const MAX_VALUES = 5;
const MAX_ARGUMENTS = 50;

/** A tool that was not called yet. */
export function emptyPattern(toolName: string): ToolPattern {
  return {
    toolName,
    totalCalls: 0,
    successCount: 0,
    failureCount: 0,
    timedCalls: 0,
    totalMs: 0,
    commonArguments: {},
    successPatterns: [],
    errorPatterns: [],
    updatedAtMs: 0,
  };
}

/** Successes over calls; 0 when there are no calls. */
export function successRate({ successCount, totalCalls }: ToolPattern): number {
  return totalCalls === 0 ? 0 : successCount / totalCalls;
}

/** Milliseconds of a call on average, over the calls whose time is known; null when there are none. */
export function averageMs({ totalMs, timedCalls }: ToolPattern): number | null {
  return timedCalls === 0 ? null : totalMs / timedCalls;
}

/** The pattern with one more call. */
export function withCall(
  pattern: ToolPattern,
  entry: ToolLogEntry,
  limits: PatternLimits,
): ToolPattern {
  const isSuccess = entry.outcome === 'success';
  const isTimed = entry.executionTimeMs !== null;
  const counted: ToolPattern = {
    ...pattern,
    totalCalls: pattern.totalCalls + 1,
    successCount: pattern.successCount + (isSuccess ? 1 : 0),
    failureCount: pattern.failureCount + (hasFailed(entry) ? 1 : 0),
    timedCalls: pattern.timedCalls + (isTimed ? 1 : 0),
    totalMs: pattern.totalMs + (entry.executionTimeMs ?? 0),
    commonArguments: isSuccess
      ? withValues(pattern.commonArguments, entry.arguments)
      : pattern.commonArguments,
    updatedAtMs: entry.atMs,
  };
  if (hasFailed(entry)) return withError(counted, entry, limits);
  return isSuccess ? withSuccess(counted, entry, limits) : counted;
}

/** The pattern with what put failures of a kind right. */
export function withFix(
  pattern: ToolPattern,
  errorType: string,
  delta: ArgumentDelta,
): ToolPattern {
  const errorPatterns = pattern.errorPatterns.map((error) =>
    error.errorType === errorType
      ? { ...error, fixDelta: delta, typicalFix: describeDelta(delta) }
      : error,
  );
  return { ...pattern, errorPatterns };
}

function withError(pattern: ToolPattern, entry: ToolLogEntry, limits: PatternLimits): ToolPattern {
  const errorType = entry.errorType ?? 'unknown';
  const present = pattern.errorPatterns.find((error) => error.errorType === errorType);
  const goal = entry.contextGoal;
  const contexts = present?.contexts ?? [];
  const error: ErrorPattern = {
    errorType,
    count: (present?.count ?? 0) + 1,
    contexts:
      goal === null || contexts.includes(goal)
        ? contexts
        : [...contexts, goal].slice(-MAX_CONTEXTS),
    exampleArguments: entry.arguments,
    typicalFix: present?.typicalFix ?? null,
    fixDelta: present?.fixDelta ?? null,
  };
  const others = pattern.errorPatterns.filter((other) => other !== present);
  return { ...pattern, errorPatterns: [...others, error].slice(-limits.maxPatterns) };
}

/**
 * A fix is a pattern of its own; other successes for one goal that says something are one pattern, with the arguments that all of
 * them had. Calls that have nothing in common are no way to reach it: they are not counted together.
 */
function withSuccess(
  pattern: ToolPattern,
  entry: ToolLogEntry,
  limits: PatternLimits,
): ToolPattern {
  const { contextGoal, deltaArguments } = entry;
  if (!saysSomething(contextGoal) && deltaArguments === null) return pattern;
  const present = pattern.successPatterns.find(
    (known) =>
      known.goalMatch === contextGoal && known.deltaThatFixed === null && deltaArguments === null,
  );
  const common =
    present === undefined ? entry.arguments : shared(present.argumentHints, entry.arguments);
  const success: SuccessPattern = {
    goalMatch: contextGoal,
    argumentHints: common ?? {},
    exampleCallId: entry.id,
    deltaThatFixed: deltaArguments,
    count: common === null ? 1 : (present?.count ?? 0) + 1,
  };
  const others = pattern.successPatterns.filter((other) => other !== present);
  return { ...pattern, successPatterns: [...others, success].slice(-limits.maxPatterns) };
}

/** What two calls agree on; null where they agree on nothing. */
function shared(left: JsonObject, right: JsonObject): JsonObject | null {
  if (Object.keys(left).length === 0 && Object.keys(right).length === 0) return {};
  const common = Object.entries(right).filter(
    ([name, value]) =>
      Object.hasOwn(left, name) && canonicalJson(left[name] ?? null) === canonicalJson(value),
  );
  return common.length === 0 ? null : Object.fromEntries(common);
}

function withValues(
  known: ToolPattern['commonArguments'],
  args: JsonObject,
): ToolPattern['commonArguments'] {
  const names = new Set([...Object.keys(known), ...Object.keys(args)]);
  const entries = [...names].slice(0, MAX_ARGUMENTS).map((name) => {
    const values = Object.hasOwn(known, name) ? (known[name] ?? []) : [];
    return [
      name,
      Object.hasOwn(args, name) ? withValue(values, args[name] ?? null) : values,
    ] as const;
  });
  return Object.fromEntries(entries);
}

/** The least frequent of the older values makes room for a new one. */
function withValue(values: readonly CommonValue[], value: JsonValue): readonly CommonValue[] {
  const key = canonicalJson(value);
  const present = values.find((known) => canonicalJson(known.value) === key);
  const others = values.filter((known) => known !== present);
  const counted = { value, count: (present?.count ?? 0) + 1 };
  const kept = others.length < MAX_VALUES ? others : others.slice(0, MAX_VALUES - 1);
  return [counted, ...kept].sort((left, right) => right.count - left.count);
}
