import { textDigest } from '../domain/canonical-json.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { textHash } from '../domain/text-hash.ts';
import { toolKey } from '../domain/tool-name.ts';
import { argumentTextHash } from './call-facts.ts';
import { callShape } from './call-shape.ts';
import { ALLOWED, guardResult } from './guard-result.ts';
import type { Guard, GuardResult } from './guard-result.ts';
import { formatNumber } from './number-format.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { ToolClassifier } from './tool-traits.ts';

/** When calls count as going in circles. */
export interface RunawayOptions {
  /** Equal results of one call, or equal numbers in a series of calls, before the next one is refused. Default 3. */
  readonly repeatThreshold?: number | undefined;
  /** Positive numbers below this have reached the precision of the machine. Default 1e-12. */
  readonly saturationThreshold?: number | undefined;
  /** Equal failures of one tool with any arguments before the next call is refused; half as many warn. Default 10. */
  readonly failureThreshold?: number | undefined;
}

/** How calls go in circles. */
export const RUNAWAY_PATTERNS = ['repeat', 'degenerate', 'saturation', 'no_progress'] as const;
/** One of {@link RUNAWAY_PATTERNS}. */
export type RunawayPattern = (typeof RUNAWAY_PATTERNS)[number];

/** A call that ended. */
export interface EndedCall {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly result: JsonValue;
  readonly hasFailed: boolean;
  /** Whether there is no error, and its result is taken for a failure; default false. */
  readonly isTold?: boolean | undefined;
  /** Stands for the result where that is a reference to it; the digest of the JSON of the value. */
  readonly resultDigest?: string | undefined;
}

/** The last result of one call, and how often it came in a row. */
interface Repeats {
  readonly digest: string;
  readonly count: number;
}

/** What a {@link RunawayGuard} knows, as plain data. */
export interface RunawayState {
  readonly repeats: readonly (readonly [string, Repeats])[];
  readonly numbers: readonly (readonly [string, readonly number[]])[];
  readonly failures: readonly (readonly [string, Repeats])[];
  readonly latestSeries: string | null;
}

const MAX_REMEMBERED = 256;
const HISTORY = 5;
const DEGENERATE: ReadonlySet<number> = new Set([0, 1]);
const NO_TOOL = '';

/**
 * Finds calls that go in circles, by their results: one call that keeps giving the same, a series of calls whose number no longer
 * changes or has reached the machine's precision, and a tool that keeps failing in the same way. What other tools do in between
 * makes no difference, and neither does how often one asks.
 */
export class RunawayGuard implements Guard {
  readonly #classify: ToolClassifier;
  readonly #isAsked: (value: number) => boolean;
  readonly #options: { readonly [Name in keyof RunawayOptions]-?: number };
  readonly #repeats = new LruMap<Repeats>(MAX_REMEMBERED);
  readonly #numbers = new LruMap<readonly number[]>(MAX_REMEMBERED);
  readonly #failures = new LruMap<Repeats>(MAX_REMEMBERED);
  #latestSeries: string | null = null;

  /** `isAsked` tells whether the user named a number; by default none was. */
  constructor(
    options: RunawayOptions,
    classify: ToolClassifier,
    isAsked: (value: number) => boolean = () => false,
  ) {
    this.#classify = classify;
    this.#isAsked = isAsked;
    this.#options = {
      repeatThreshold: options.repeatThreshold ?? 3,
      saturationThreshold: options.saturationThreshold ?? 1e-12,
      failureThreshold: options.failureThreshold ?? 10,
    };
  }

  /** Says whether a call would go on in a circle. */
  check(toolName: string, argumentsOfCall: JsonObject): GuardResult {
    if (this.#classify(toolName).isPolled) return ALLOWED;
    const repeats = this.#repeats.get(callKey(toolName, argumentsOfCall));
    const repeated = this.#judgeRepeats(toolName, repeats?.count ?? 0);
    if (repeated.verdict === 'block') return repeated;
    const series = this.#judgeSeries(this.#seriesOf(toolName, argumentsOfCall));
    if (series.verdict === 'block') return series;
    const failed = this.#judgeFailures(toolName);
    return [failed, repeated, series].find(({ verdict }) => verdict !== 'allow') ?? ALLOWED;
  }

  /** Says whether the latest series of numbers goes in a circle. */
  checkLatest(): GuardResult {
    if (this.#latestSeries === null) return ALLOWED;
    return this.#judgeSeries(this.#numbers.get(this.#latestSeries) ?? []);
  }

  /** Notes what came of a call; `text` is the JSON of its result, where that was made already. */
  recordCall(call: EndedCall, text: string = JSON.stringify(call.result)): void {
    const { toolName, result, hasFailed, isTold = false } = call;
    const digest = call.resultDigest ?? textDigest(text);
    addRepeat(this.#repeats, callKey(toolName, call.arguments), digest);
    const tool = toolKey(toolName);
    // A tool that checks things may well find the same wrong with many of them.
    if (hasFailed && !isTold) addRepeat(this.#failures, tool, digest);
    else this.#failures.delete(tool);
    const number = typeof result === 'string' ? parseNumberText(result) : result;
    if (!hasFailed && typeof number === 'number') {
      this.#addNumber(this.#seriesKey(toolName, call.arguments), number);
    }
  }

  /** Notes a number of a series that is no tool's. */
  recordNumber(value: number): void {
    this.#addNumber(NO_TOOL, value);
  }

  /** All of it as plain data. */
  toState(): RunawayState {
    return {
      repeats: this.#repeats.entries(),
      numbers: this.#numbers.entries(),
      failures: this.#failures.entries(),
      latestSeries: this.#latestSeries,
    };
  }

  /** Starts anew, or goes on from an earlier state. */
  restore(state?: RunawayState): void {
    this.#repeats.replace(state?.repeats ?? []);
    this.#numbers.replace(state?.numbers ?? []);
    this.#failures.replace(state?.failures ?? []);
    this.#latestSeries = state?.latestSeries ?? null;
  }

  #seriesOf(toolName: string, argumentsOfCall: JsonObject): readonly number[] {
    // Most tools give no numbers, and the shape of arguments costs more than all the rest.
    if (this.#latestSeries === null) return [];
    return this.#numbers.get(this.#seriesKey(toolName, argumentsOfCall)) ?? [];
  }

  /** Of a tool that looks or changes, whole numbers and those that the user named say which thing is meant. */
  #seriesKey(toolName: string, argumentsOfCall: JsonObject): string {
    const isComputing = this.#classify(toolName).effect === 'pure';
    const saysWhich = (value: number): boolean => Number.isInteger(value) || this.#isAsked(value);
    const shape = callShape(argumentsOfCall, isComputing ? undefined : saysWhich);
    return textHash(`${toolKey(toolName)}:${shape}`);
  }

  #addNumber(series: string, value: number): void {
    this.#latestSeries = series;
    this.#numbers.set(series, [...(this.#numbers.get(series) ?? []), value].slice(-HISTORY));
  }

  #judgeRepeats(toolName: string, count: number): GuardResult {
    const threshold = this.#options.repeatThreshold;
    if (count < threshold - 1 || count === 0) return ALLOWED;
    const reason = `${toolName} gave the same result for these arguments ${count} times. Use that result, or try something else.`;
    const details = { pattern: 'repeat', count, threshold };
    return guardResult(count >= threshold ? 'block' : 'warn', reason, { details });
  }

  #judgeSeries(values: readonly number[]): GuardResult {
    const last = values.at(-1);
    if (last === undefined) return ALLOWED;
    const size = Math.abs(last);
    if (size > 0 && size < this.#options.saturationThreshold) {
      const details = { pattern: 'saturation', value: last };
      return guardResult('block', saturationText(last), { details });
    }
    const threshold = Math.min(this.#options.repeatThreshold, HISTORY);
    const isDegenerate = DEGENERATE.has(last);
    const count = isDegenerate
      ? endRun(values, (value) => DEGENERATE.has(value))
      : endRun(values, (value) => value === last);
    if (count < threshold) return ALLOWED;
    const pattern = isDegenerate ? 'degenerate' : 'repeat';
    const reason = isDegenerate
      ? `The last ${count} results are degenerate (0 or 1). More calls of this kind give nothing new.`
      : `The last ${count} results are all ${formatNumber(last)}. More calls of this kind give nothing new.`;
    return guardResult('block', reason, { details: { pattern, value: last, count } });
  }

  #judgeFailures(toolName: string): GuardResult {
    const threshold = this.#options.failureThreshold;
    const count = this.#failures.get(toolKey(toolName))?.count ?? 0;
    if (count * 2 < threshold) return ALLOWED;
    const reason = `${toolName} failed ${count} times in a row in the same way, whatever the arguments. Try something else, or tell the user.`;
    const details = { pattern: 'no_progress', count, threshold };
    return guardResult(count >= threshold ? 'block' : 'warn', reason, { details });
  }
}

/** What a number that has reached the machine's precision means, for a model. */
export function saturationText(value: number): string {
  const meaning =
    value === 1
      ? 'is certainty'
      : value === 0
        ? 'is zero'
        : 'is effectively zero: it has reached the precision of the machine (saturation)';
  return `The result ${value} ${meaning}. More calls cannot make it more precise; give your final answer.`;
}

function addRepeat(map: LruMap<Repeats>, key: string, digest: string): void {
  const present = map.get(key);
  const count = present?.digest === digest ? present.count + 1 : 1;
  map.set(key, { digest, count });
}

function endRun(values: readonly number[], test: (value: number) => boolean): number {
  const breakAt = values.findLastIndex((value) => !test(value));
  return values.length - 1 - breakAt;
}

function callKey(toolName: string, argumentsOfCall: JsonObject): string {
  return `${toolKey(toolName)}:${argumentTextHash(argumentsOfCall)}`;
}
