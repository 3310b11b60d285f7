import type { JsonObject } from '../domain/json.ts';

/** What a guard says of a call: run it, run it and tell, do not run it, or run it with other arguments. */
export const GUARD_VERDICTS = ['allow', 'warn', 'block', 'repair'] as const;
/** One of {@link GUARD_VERDICTS}. */
export type GuardVerdict = (typeof GUARD_VERDICTS)[number];

/** What one guard found; plain data. */
export interface GuardResult {
  readonly verdict: GuardVerdict;
  /** For a model or a person; empty where there is nothing to say. */
  readonly reason: string;
  /** The figures behind the reason. */
  readonly details: JsonObject;
  /** The arguments that would do; null unless the verdict is `repair`. */
  readonly repairedArguments: JsonObject | null;
  /** What to answer instead of a result; null where nothing is offered. */
  readonly fallbackResponse: string | null;
}

/** Something that judges calls. A check changes nothing: asking twice gives the same answer. */
export interface Guard {
  /** What the guard says of a call. */
  check(toolName: string, argumentsOfCall: JsonObject): GuardResult;
}

const LABELS: Readonly<Record<GuardVerdict, string>> = {
  allow: '',
  warn: 'Warning',
  block: 'Blocked',
  repair: 'Repaired',
};

/** The verdict of a guard that has nothing against a call. */
export const ALLOWED: GuardResult = guardResult('allow', '');

/** A result with its parts; whatever is not given is empty. */
export function guardResult(
  verdict: GuardVerdict,
  reason: string,
  parts: {
    readonly details?: JsonObject;
    readonly repairedArguments?: JsonObject;
    readonly fallbackResponse?: string;
  } = {},
): GuardResult {
  return {
    verdict,
    reason,
    details: parts.details ?? {},
    repairedArguments: parts.repairedArguments ?? null,
    fallbackResponse: parts.fallbackResponse ?? null,
  };
}

/** Whether the call may run as it is. */
export function isAllowed({ verdict }: GuardResult): boolean {
  return verdict === 'allow' || verdict === 'warn';
}

/** Whether the call must not run. */
export function isBlocked({ verdict }: GuardResult): boolean {
  return verdict === 'block';
}

/** The verdict in a line, empty where the call is allowed without a remark. */
export function guardMessage({ verdict, reason }: GuardResult): string {
  const label = LABELS[verdict];
  return reason === '' || label === '' ? label : `${label}: ${reason}`;
}
