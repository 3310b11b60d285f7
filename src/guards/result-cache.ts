import type { JsonObject, JsonValue } from '../domain/json.ts';
import { parseNumberText } from '../domain/number-text.ts';
import { argumentText } from './call-facts.ts';
import { formatCachedResult, formatVariable } from './cache-format.ts';

/** A result that is kept. */
export interface CachedToolResult {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly result: JsonValue;
  /** Milliseconds since 1970. */
  readonly storedAtMs: number;
  /** Calls that this result answered, the one that made it included. */
  readonly callCount: number;
}

/** A number that was given a name. */
export interface NamedVariable {
  readonly name: string;
  readonly value: number;
  readonly units: string | null;
  readonly sourceTool: string | null;
  readonly sourceArguments: JsonObject | null;
}

/** Figures of a cache. */
export interface CacheStats {
  readonly totalCached: number;
  readonly totalVariables: number;
  readonly duplicateCalls: number;
}

/** Bounds of a cache. */
export interface ResultCacheOptions {
  /** Results at most; the one that was not asked for the longest goes first. Default 100. */
  readonly maxEntries?: number | undefined;
  /** Characters of arguments and results together at most. Default 4,000,000. */
  readonly maxLength?: number | undefined;
  /** Results are forgotten after this many milliseconds. Default 300,000; Infinity for never. */
  readonly ttlMs?: number | undefined;
  /** Named numbers at most; the oldest goes. Default 200. */
  readonly maxVariables?: number | undefined;
}

/** A cache as plain data. */
export interface CacheState {
  readonly entries: readonly CachedToolResult[];
  readonly variables: readonly NamedVariable[];
  readonly duplicateCalls: number;
}

/** A result to be kept. */
export interface PutRequest {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly result: JsonValue;
  readonly nowMs: number;
}

interface Entry {
  readonly cached: CachedToolResult;
  readonly length: number;
}

const DEFAULT_SHOWN = 10;

/**
 * What a call is known by: the name of its tool to the letter, and its arguments in their canonical form. Limits count all
 * spellings of a name as one tool, but a result is reused for no other name than that of its call.
 */
export function callSignature(toolName: string, argumentsOfCall: JsonObject): string {
  return `${toolName}:${argumentText(argumentsOfCall)}`;
}

/** The number that a cached result is; null for any other. */
export function cachedNumber({ result }: CachedToolResult): number | null {
  if (typeof result === 'number') return result;
  return typeof result === 'string' ? parseNumberText(result) : null;
}

/** Results of calls that succeeded, by tool and canonical arguments; the least recently asked for leave first. */
export class ResultCache {
  readonly #options: { readonly [Name in keyof ResultCacheOptions]-?: number };
  readonly #entries = new Map<string, Entry>();
  readonly #variables = new Map<string, NamedVariable>();
  #length = 0;
  #duplicateCalls = 0;

  constructor(options: ResultCacheOptions = {}) {
    this.#options = {
      maxEntries: options.maxEntries ?? 100,
      maxLength: options.maxLength ?? 4_000_000,
      ttlMs: options.ttlMs ?? 300_000,
      maxVariables: options.maxVariables ?? 200,
    };
  }

  /** What is kept for a call, without counting it as asked for; null when there is nothing, or it is too old. */
  peek(toolName: string, argumentsOfCall: JsonObject, nowMs: number): CachedToolResult | null {
    const entry = this.#entries.get(callSignature(toolName, argumentsOfCall));
    if (entry === undefined || this.#isOld(entry, nowMs)) return null;
    return entry.cached;
  }

  /** What is kept for a call, counted as one more call that it answered; null when there is nothing, or it is too old. */
  get(toolName: string, argumentsOfCall: JsonObject, nowMs: number): CachedToolResult | null {
    const signature = callSignature(toolName, argumentsOfCall);
    const entry = this.#entries.get(signature);
    if (entry === undefined) return null;
    this.#remove(signature, entry);
    if (this.#isOld(entry, nowMs)) return null;
    const cached = { ...entry.cached, callCount: entry.cached.callCount + 1 };
    this.#add(signature, { ...entry, cached });
    this.#duplicateCalls += 1;
    return cached;
  }

  /** Keeps a result; a later one for the same call takes its place. One that is larger than the cache is not kept. */
  put({ toolName, arguments: args, result, nowMs }: PutRequest): CachedToolResult {
    const signature = callSignature(toolName, args);
    const cached = { toolName, arguments: args, result, storedAtMs: nowMs, callCount: 1 };
    const present = this.#entries.get(signature);
    if (present !== undefined) this.#remove(signature, present);
    const length = signature.length + JSON.stringify(result).length;
    if (length > this.#options.maxLength || this.#options.maxEntries === 0) return cached;
    this.#add(signature, { cached, length });
    this.#dropExcess();
    return cached;
  }

  /** Forgets what is kept for a call; false when that was nothing. */
  forgetCall(toolName: string, argumentsOfCall: JsonObject): boolean {
    const signature = callSignature(toolName, argumentsOfCall);
    const entry = this.#entries.get(signature);
    if (entry === undefined) return false;
    this.#remove(signature, entry);
    return true;
  }

  /** Forgets the results for which the test holds. */
  forget(test: (cached: CachedToolResult) => boolean): void {
    for (const [signature, entry] of this.#entries) {
      if (test(entry.cached)) this.#remove(signature, entry);
    }
  }

  /** Gives a number a name; a later one of the name takes its place. */
  storeVariable(variable: NamedVariable): NamedVariable {
    this.#variables.delete(variable.name);
    this.#variables.set(variable.name, variable);
    for (const name of this.#variables.keys()) {
      if (this.#variables.size <= this.#options.maxVariables) break;
      this.#variables.delete(name);
    }
    return variable;
  }

  /** The number of a name; null when there is none. */
  getVariable(name: string): NamedVariable | null {
    return this.#variables.get(name) ?? null;
  }

  /** Named numbers and results in lines for a model, the latest of each; empty when there are none. */
  formatState(maxItems: number = DEFAULT_SHOWN): string {
    if (maxItems <= 0) return '';
    const variables = [...this.#variables.values()].slice(-maxItems).map(formatVariable);
    const results = [...this.#entries.values()].slice(-maxItems);
    const blocks = [
      block('**Stored variables:**', variables),
      block(
        '**Results so far:**',
        results.map(({ cached }) => formatCachedResult(cached)),
      ),
    ];
    return blocks.filter((text) => text !== '').join('\n\n');
  }

  /** Tells a model that it asked for this already, and what came of it; counts nothing. */
  formatDuplicateMessage(toolName: string, argumentsOfCall: JsonObject, nowMs: number): string {
    const cached = this.peek(toolName, argumentsOfCall, nowMs);
    if (cached === null) return `There is no earlier result of ${toolName} with these arguments.`;
    const head = `${toolName} was already called with these arguments: ${formatCachedResult(cached)}. Use this result; another call gives nothing new.`;
    const state = this.formatState();
    return state === '' ? head : `${head}\n\n${state}`;
  }

  /** Figures. */
  stats(): CacheStats {
    return {
      totalCached: this.#entries.size,
      totalVariables: this.#variables.size,
      duplicateCalls: this.#duplicateCalls,
    };
  }

  /** Forgets everything. */
  clear(): void {
    this.#entries.clear();
    this.#variables.clear();
    this.#length = 0;
    this.#duplicateCalls = 0;
  }

  /** All of it as plain data. */
  toState(): CacheState {
    return {
      entries: [...this.#entries.values()].map(({ cached }) => cached),
      variables: [...this.#variables.values()],
      duplicateCalls: this.#duplicateCalls,
    };
  }

  /** A cache from what {@link ResultCache.toState} gave. */
  static fromState(state: CacheState, options: ResultCacheOptions = {}): ResultCache {
    const cache = new ResultCache(options);
    for (const cached of state.entries) {
      const signature = callSignature(cached.toolName, cached.arguments);
      cache.#add(signature, {
        cached,
        length: signature.length + JSON.stringify(cached.result).length,
      });
    }
    cache.#dropExcess();
    for (const variable of state.variables) cache.storeVariable(variable);
    cache.#duplicateCalls = state.duplicateCalls;
    return cache;
  }

  #isOld({ cached }: Entry, nowMs: number): boolean {
    return nowMs - cached.storedAtMs >= this.#options.ttlMs;
  }

  #add(signature: string, entry: Entry): void {
    this.#entries.set(signature, entry);
    this.#length += entry.length;
  }

  #remove(signature: string, entry: Entry): void {
    this.#entries.delete(signature);
    this.#length -= entry.length;
  }

  #dropExcess(): void {
    for (const [signature, entry] of this.#entries) {
      const { maxEntries, maxLength } = this.#options;
      if (this.#entries.size <= maxEntries && this.#length <= maxLength) return;
      this.#remove(signature, entry);
    }
  }
}

function block(heading: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [heading, ...lines.map((line) => `  ${line}`)].join('\n');
}
