import { toolKey } from '../domain/tool-name.ts';
import { ALLOWED, guardResult } from './guard-result.ts';
import type { Guard, GuardResult } from './guard-result.ts';
import type { ToolClassifier } from './tool-traits.ts';

/** What was used of the limit for one tool. */
export interface PerToolCallStatus {
  readonly toolName: string;
  readonly callCount: number;
  /** 0 for no limit. */
  readonly maxCalls: number;
  readonly requiresJustification: boolean;
}

/** Limits of calls by tool. */
export interface PerToolOptions {
  /** Calls of one tool; 0 for no limit. */
  readonly defaultLimit: number;
  /** Limits by the name of a tool, in the place of the default one. */
  readonly toolLimits?: Readonly<Record<string, number>> | undefined;
}

const MAX_TOOLS = 1_000;

/** Holds calls of each tool to a number between two messages of the user; the last call that is free comes with a warning. */
export class PerToolGuard implements Guard {
  readonly #classify: ToolClassifier;
  readonly #limits: ReadonlyMap<string, number>;
  readonly #counts = new Map<string, number>();
  #defaultLimit: number;

  constructor({ defaultLimit, toolLimits = {} }: PerToolOptions, classify: ToolClassifier) {
    this.#classify = classify;
    this.#defaultLimit = defaultLimit;
    this.#limits = new Map(
      Object.entries(toolLimits).map(([name, limit]) => [toolKey(name), limit]),
    );
  }

  /** Says whether the tool may be called once more. */
  check(toolName: string): GuardResult {
    const limit = this.limitOf(toolName);
    const count = this.callCount(toolName);
    if (limit <= 0 || this.#classify(toolName).isExempt || count < limit - 1) return ALLOWED;
    if (count < limit) {
      const reason = `${toolName} is called for the ${count + 1}. time of ${limit}; the next call may be refused.`;
      return guardResult('warn', reason, { details: { toolName, callCount: count + 1, limit } });
    }
    const reason = `${toolName} was called ${count} times, and the limit is ${limit}. Use the results you have, or say why another call is needed.`;
    return guardResult('block', reason, { details: { toolName, callCount: count, limit } });
  }

  /** Counts a call and gives the new count. */
  recordCall(toolName: string): number {
    const key = toolKey(toolName);
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.delete(key);
    this.#counts.set(key, count);
    if (this.#counts.size <= MAX_TOOLS) return count;
    for (const oldest of this.#counts.keys()) {
      if (this.#counts.size <= MAX_TOOLS) break;
      this.#counts.delete(oldest);
    }
    return count;
  }

  /** Takes back the count of a call that did not run after all. */
  releaseCall(toolName: string): void {
    const key = toolKey(toolName);
    const count = this.#counts.get(key) ?? 0;
    if (count <= 1) this.#counts.delete(key);
    else this.#counts.set(key, count - 1);
  }

  /** Another limit for tools that have none of their own. */
  setDefaultLimit(limit: number): void {
    this.#defaultLimit = limit;
  }

  /** The limit of a tool; 0 or less for none. */
  limitOf(toolName: string): number {
    return this.#limits.get(toolKey(toolName)) ?? this.#defaultLimit;
  }

  /** How often a tool was called. */
  callCount(toolName: string): number {
    return this.#counts.get(toolKey(toolName)) ?? 0;
  }

  /** What was used of a tool's limit. */
  status(toolName: string): PerToolCallStatus {
    const callCount = this.callCount(toolName);
    const maxCalls = Math.max(0, this.limitOf(toolName));
    return {
      toolName,
      callCount,
      maxCalls,
      requiresJustification: maxCalls > 0 && callCount >= maxCalls,
    };
  }

  /** Tells a model how often it called a tool. */
  warningText(toolName: string): string {
    const { callCount, maxCalls } = this.status(toolName);
    if (maxCalls === 0) return `${toolName} was called ${callCount} times.`;
    return `${toolName} was called ${callCount} of ${maxCalls} times. Use the results you have before calling it again.`;
  }

  /** The counts by tool. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts);
  }

  /** Starts counting anew, or goes on from earlier counts. */
  restore(counts: Readonly<Record<string, number>> = {}): void {
    this.#counts.clear();
    for (const [key, count] of Object.entries(counts)) this.#counts.set(key, count);
  }
}
