import { assertText } from '../domain/argument.ts';
import { parseCallArguments } from '../domain/call-arguments.ts';
import { argumentsHash } from '../domain/canonical-json.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { parseJsonValue, toText } from '../domain/json.ts';
import type { ArgumentDelta } from './argument-delta.ts';
import { passesFilter } from './call-filter.ts';
import type { CallFilter } from './call-filter.ts';
import { CallSearch } from './call-search.ts';
import { classifyError, knownErrorClass } from './error-class.ts';
import type { ErrorClass } from './error-class.ts';
import { findFixes } from './fix-detection.ts';
import type { FixFindings } from './fix-detection.ts';
import { goalsMatch } from './goal-match.ts';
import { decodeToolMemory, encodeToolMemory } from './memory-codec.ts';
import type { ToolMemoryState } from './memory-codec.ts';
import type { RecordedCall } from './recorded-call.ts';
import {
  rememberedArguments,
  rememberedResult,
  rememberedText,
  rememberedValue,
} from './redaction.ts';
import type { ToolFixRelation } from './tool-fix-relation.ts';
import { ToolLog } from './tool-log.ts';
import type { ToolLogEntry } from './tool-log-entry.ts';
import { hasFailed } from './tool-log-entry.ts';
import { parseCallFilter, parseRecordedCall, parseShortOutcome } from './tool-memory-input.ts';
import { toMemoryLimits } from './tool-memory-options.ts';
import type { ToolMemoryLimits, ToolMemoryOptions } from './tool-memory-options.ts';
import { isFailure } from './tool-outcome.ts';
import type { ToolOutcomeKind } from './tool-outcome.ts';
import { emptyPattern, withCall, withFix } from './tool-pattern.ts';
import type { SuccessPattern, ToolPattern } from './tool-pattern.ts';

/** Figures of a memory; all of them over the log as it is, and `totalRecorded` over everything that was ever recorded. */
export interface ToolMemoryStats {
  readonly sessionId: string;
  readonly totalCalls: number;
  readonly totalRecorded: number;
  readonly successCount: number;
  readonly failureCount: number;
  readonly successRate: number;
  readonly totalFixesDetected: number;
  readonly toolsTracked: number;
}

/** What a {@link ToolMemoryManager} needs from its surroundings. */
export interface ToolMemoryEnvironment {
  readonly nowMs: () => number;
}

const MAX_FIXES = 200;
const DEFAULT_FOUND = 10;
const DEFAULT_RECENT = 5;

/** What was learnt from the calls of tools: a log, what calls of a tool have in common, and which change put which failure right. */
export class ToolMemoryManager {
  readonly #options: ToolMemoryOptions;
  readonly #limits: ToolMemoryLimits;
  readonly #nowMs: () => number;
  readonly #search: CallSearch;
  #log: ToolLog;
  #patterns = new Map<string, ToolPattern>();
  #fixes: readonly ToolFixRelation[] = [];
  #nextNumber = 1;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: ToolMemoryOptions, environment: ToolMemoryEnvironment) {
    this.#limits = toMemoryLimits(options);
    this.#options = options;
    this.#nowMs = environment.nowMs;
    this.#log = new ToolLog(this.#limits.maxLogEntries);
    this.#search = new CallSearch(this.#limits.maxLogEntries);
  }

  /** Whose memory it is. */
  get sessionId(): string {
    return this.#options.sessionId ?? 'default';
  }

  /**
   * Remembers a call, and links it to the failures that it put right.
   * @throws INVALID_INPUT naming the field that is wrong or does not exist; nothing is recorded then.
   */
  recordCall(given: RecordedCall): ToolLogEntry {
    const call = parseRecordedCall(given);
    const raw = parseCallArguments(call.arguments ?? {}, 'call.arguments');
    const result = parseJsonValue(call.result ?? null, 'call.result');
    const args = rememberedArguments(raw);
    const findings = this.#findFixes(call, args);
    const entry = this.#toEntry(call, { raw, args, result, findings });
    this.#nextNumber += 1;
    this.#log.append(entry);
    this.#keepPattern(withCall(this.#patternOf(entry.toolName), entry, this.#patternLimits()));
    const relations = findings.fixes.map((fix) => this.#linkFix(entry, fix));
    for (const relation of relations) this.#tell(relation);
    return entry;
  }

  /**
   * Remembers a call in short.
   * @throws INVALID_INPUT
   */
  record(
    toolName: string,
    argumentsOfCall: unknown,
    outcome: { readonly result?: unknown; readonly success: boolean },
  ): ToolLogEntry {
    const { result, success } = parseShortOutcome(outcome);
    return this.recordCall({
      toolName,
      arguments: argumentsOfCall,
      result,
      outcome: success ? 'success' : 'failure',
    });
  }

  /** The entry of an id; null when it was not recorded, or has left the log. */
  getCall(id: string): ToolLogEntry | null {
    return this.#log.get(id);
  }

  /** The latest calls first; none for a limit of 0. */
  recentCalls(
    filter: {
      readonly toolName?: string;
      readonly outcome?: ToolOutcomeKind;
      readonly limit?: number;
    } = {},
  ): readonly ToolLogEntry[] {
    return this.findCalls({ limit: DEFAULT_RECENT, ...parseCallFilter(filter) });
  }

  /**
   * The calls for which all of the filter holds, the latest first.
   * @throws INVALID_INPUT naming the field of the filter.
   */
  findCalls(wanted: CallFilter = {}): readonly ToolLogEntry[] {
    const filter = parseCallFilter(wanted);
    const limit = filter.limit ?? DEFAULT_FOUND;
    const found: ToolLogEntry[] = [];
    for (const entry of this.#log.latestFirst(filter.toolName)) {
      if (found.length >= limit) break;
      if (passesFilter(entry, filter)) found.push(entry);
    }
    return found;
  }

  /** The calls that are most like a text or arguments, by their words (BM25), the best first. */
  searchCalls(
    query: string | JsonObject,
    options: { readonly toolName?: string; readonly limit?: number } = {},
  ): readonly ToolLogEntry[] {
    const limit = options.limit ?? DEFAULT_FOUND;
    this.#search.update(this.#log);
    const ids = this.#search.find(
      query,
      options.toolName === undefined ? limit : this.#limits.maxLogEntries,
    );
    const entries = ids.map((id) => this.#log.get(id)).filter((entry) => entry !== null);
    const { toolName } = options;
    return entries
      .filter((entry) => toolName === undefined || entry.toolName === toolName)
      .slice(0, Math.max(0, limit));
  }

  /** What the calls of a tool have in common; null when there were none. */
  getPattern(toolName: string): ToolPattern | null {
    return this.#patterns.get(toolName) ?? null;
  }

  /** What the calls of each tool have in common, the tool that was called last at the end. */
  getPatterns(): readonly ToolPattern[] {
    return [...this.#patterns.values()];
  }

  /** All links from failures to what put them right, the latest 200. */
  fixRelations(): readonly ToolFixRelation[] {
    return this.#fixes;
  }

  /** What put failures of this kind right last; null when nothing is known. */
  getFixForError(toolName: string, errorType: string): ArgumentDelta | null {
    const pattern = this.getPattern(toolName);
    return pattern?.errorPatterns.find((error) => error.errorType === errorType)?.fixDelta ?? null;
  }

  /**
   * The latest way in which a goal was reached: one that shares most words with it, two at least that say something.
   * @throws INVALID_INPUT for a goal that is no text.
   */
  getSuccessFor(toolName: string, goal: string): SuccessPattern | null {
    assertText(goal, 'goal');
    const patterns = this.getPattern(toolName)?.successPatterns ?? [];
    return (
      patterns.findLast(({ goalMatch }) => goalMatch !== null && goalsMatch(goalMatch, goal)) ??
      null
    );
  }

  /** Arguments with which a goal was reached; null when nothing is known. */
  getSuccessfulArgumentsFor(toolName: string, goal: string): JsonObject | null {
    return this.getSuccessFor(toolName, goal)?.argumentHints ?? null;
  }

  /** Figures. */
  stats(): ToolMemoryStats {
    const entries = this.#log.all();
    const successCount = entries.filter(({ outcome }) => outcome === 'success').length;
    return {
      sessionId: this.sessionId,
      totalCalls: entries.length,
      totalRecorded: this.#nextNumber - 1,
      successCount,
      failureCount: entries.filter(hasFailed).length,
      successRate: entries.length === 0 ? 0 : successCount / entries.length,
      totalFixesDetected: entries.reduce((sum, { fixFor }) => sum + fixFor.length, 0),
      toolsTracked: this.#patterns.size,
    };
  }

  /** Forgets everything. */
  reset(): void {
    this.#log = new ToolLog(this.#limits.maxLogEntries);
    this.#patterns = new Map();
    this.#fixes = [];
    this.#nextNumber = 1;
    this.#search.clear();
  }

  /** All of it as plain data, with its version. */
  toState(): ToolMemoryState {
    return encodeToolMemory({
      nextNumber: this.#nextNumber,
      entries: this.#log.all(),
      patterns: this.getPatterns(),
      fixes: this.#fixes,
    });
  }

  /**
   * Goes on from what {@link ToolMemoryManager.toState} gave, whatever was before; the bounds are those of the options.
   * @throws CORRUPT_RECORD, SCHEMA_TOO_NEW; the memory is then as it was.
   */
  restore(state: unknown): void {
    const { nextNumber, entries, patterns, fixes } = decodeToolMemory(state);
    this.reset();
    this.#nextNumber = nextNumber;
    for (const entry of entries) this.#log.append(entry);
    for (const pattern of patterns) this.#keepPattern(pattern);
    this.#fixes = fixes.slice(-MAX_FIXES);
  }

  #findFixes(call: RecordedCall, args: JsonObject): FixFindings {
    if (call.outcome !== 'success') return { fixes: [], retryOf: null };
    const { toolName, contextGoal = null } = call;
    const before = this.#log.latest(this.#limits.fixDetectionWindow);
    return findFixes({ toolName, contextGoal, arguments: args }, before);
  }

  #toEntry(call: RecordedCall, parts: EntryParts): ToolLogEntry {
    const { raw, args, result, findings } = parts;
    const error = errorOf(call, result);
    const kept = rememberedResult(result);
    return {
      id: `call-${String(this.#nextNumber).padStart(4, '0')}`,
      atMs: this.#nowMs(),
      toolName: call.toolName,
      arguments: args,
      argumentsHash: argumentsHash(raw),
      contextGoal: call.contextGoal === undefined ? null : rememberedText(call.contextGoal),
      precedingCallId: call.precedingCallId ?? null,
      outcome: call.outcome,
      resultSummary: kept.summary,
      resultType: kept.type,
      executionTimeMs: call.executionTimeMs ?? null,
      ...error,
      fixedBy: null,
      fixFor: findings.fixes.map(({ failure }) => failure.id),
      deltaArguments: findings.fixes[0]?.delta ?? null,
      retryOf: findings.retryOf?.id ?? null,
    };
  }

  #linkFix(entry: ToolLogEntry, { failure, delta }: FixFindings['fixes'][number]): ToolFixRelation {
    const { toolName } = entry;
    const relation = {
      toolName,
      failedCallId: failure.id,
      successCallId: entry.id,
      deltaArguments: delta,
    };
    this.#log.replace({ ...failure, fixedBy: entry.id });
    this.#fixes = [...this.#fixes, relation].slice(-MAX_FIXES);
    if (failure.errorType !== null) {
      this.#keepPattern(withFix(this.#patternOf(toolName), failure.errorType, delta));
    }
    return relation;
  }

  #tell(relation: ToolFixRelation): void {
    try {
      this.#options.onFixDetected?.(relation);
    } catch (error) {
      this.#options.onCallbackError?.(error);
    }
  }

  #patternOf(toolName: string): ToolPattern {
    return this.#patterns.get(toolName) ?? emptyPattern(toolName);
  }

  #patternLimits(): { readonly maxPatterns: number } {
    return { maxPatterns: this.#limits.maxPatternsPerTool };
  }

  #keepPattern(pattern: ToolPattern): void {
    this.#patterns.delete(pattern.toolName);
    this.#patterns.set(pattern.toolName, pattern);
    for (const oldest of this.#patterns.keys()) {
      if (this.#patterns.size <= this.#limits.maxTools) return;
      this.#patterns.delete(oldest);
    }
  }
}

interface EntryParts {
  readonly raw: JsonObject;
  readonly args: JsonObject;
  readonly result: JsonValue;
  readonly findings: FixFindings;
}

function errorOf(
  call: RecordedCall,
  result: JsonValue,
): Pick<ToolLogEntry, 'errorType' | 'errorClass' | 'errorMessage'> {
  const errorType = rememberedWord(call.errorType);
  if (!isFailure(call.outcome))
    return { errorType, errorClass: null, errorMessage: rememberedWord(call.errorMessage) };
  const errorClass = errorClassOf(call, call.errorMessage ?? textOf(result));
  const told = call.errorMessage ?? textOf(rememberedValue(result));
  const errorMessage = told === '' ? null : rememberedText(told);
  return { errorType: errorType ?? errorClass, errorClass, errorMessage };
}

function errorClassOf({ errorType = '', outcome }: RecordedCall, text: string): ErrorClass {
  const known = knownErrorClass(errorType);
  if (known !== null) return known;
  return outcome === 'timeout' ? 'timeout' : classifyError(`${errorType} ${text}`);
}

function rememberedWord(text: string | undefined): string | null {
  return text === undefined ? null : rememberedText(text);
}

function textOf(result: JsonValue): string {
  return result === null ? '' : toText(result);
}
