import { parseCallArguments } from '../domain/call-arguments.ts';
import { ToolCallBlocked } from '../domain/errors.ts';
import type { JsonObject } from '../domain/json.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import type { BindingManager } from './binding-manager.ts';
import { isFull } from './budget-guard.ts';
import type { BudgetStatus } from './budget-guard.ts';
import { judgeCall } from './guard-report.ts';
import type { GuardReport } from './guard-report.ts';
import type { FinishedCall } from './finished-call.ts';
import type { Guard, GuardResult } from './guard-result.ts';
import { foldSessionEvent } from './session-fold.ts';
import type { PerToolCallStatus } from './per-tool-guard.ts';
import { checkReferences } from './reference-check.ts';
import type { ReferenceCheckResult } from './reference-check.ts';
import type { CachedToolResult, NamedVariable, ResultCache } from './result-cache.ts';
import { changeLimits, MODE_LIMITS, parseRuntimeMode } from './runtime-limits.ts';
import type { RuntimeLimits } from './runtime-limits.ts';
import { judgeRunaway } from './runaway-status.ts';
import type { RunawayStatus } from './runaway-status.ts';
import { repairUngrounded } from './soft-repair.ts';
import type { RepairOutcome } from './soft-block.ts';
import { numbersInText } from './text-numbers.ts';
import { namedNumbersIn } from './text-values.ts';
import {
  callFinished,
  namedVariable,
  numberExtracted,
  resultCached,
  valueBound,
} from './tool-state-change.ts';
import type { VariableSource } from './tool-state-change.ts';
import { ToolState } from './tool-state.ts';
import type { ToolStateSnapshot } from './tool-state.ts';
import type { ToolStateEvent } from './tool-state-event.ts';
import { createToolClassifier } from './tool-traits.ts';
import type { ToolTraits } from './tool-traits.ts';
import { parseCall, parseSnapshot, parseToolName } from './tool-state-input.ts';
import { parseToolStateOptions } from './tool-state-options.ts';
import type { ToolStateOptions } from './tool-state-options.ts';
import { ToolStateTexts } from './tool-state-texts.ts';
import type { UngroundedCallResult } from './ungrounded-guard.ts';
import { ungroundedResult } from './ungrounded-result.ts';
import type { ValueBinding } from './value-binding.ts';

/** What the state needs from its surroundings. */
export interface ToolStateEnvironment {
  readonly nowMs: () => number;
}

/**
 * The tools of one conversation: names for results, results to reuse, guards over calls. A check changes nothing and what
 * happened is noted; all that is noted is an event, so that a state can be made again from its events.
 */
export class ToolStateManager {
  readonly #state: ToolState;
  readonly #guards: Readonly<Record<string, Guard>>;
  readonly #isEnforcing: boolean;
  readonly #nowMs: () => number;
  readonly #onEvent: (event: ToolStateEvent) => void;
  /** What to show a model. */
  readonly texts: ToolStateTexts;

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: ToolStateOptions, environment: ToolStateEnvironment) {
    const { settings, classifier } = parseToolStateOptions(options);
    this.#state = new ToolState(settings, createToolClassifier(classifier));
    this.#guards = options.guards ?? {};
    this.#isEnforcing = options.isEnforcing ?? false;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#nowMs = environment.nowMs;
    this.texts = new ToolStateTexts(this.#state, this.#nowMs);
  }

  /** The named values. */
  get bindings(): BindingManager {
    return this.#state.bindings;
  }

  /** The results that may be reused. */
  get cache(): ResultCache {
    return this.#state.cache;
  }

  /** The limits that hold now. */
  get limits(): RuntimeLimits {
    return this.#state.limits;
  }

  /** Takes in an event of before; a state is a fold over its events. */
  apply(event: ToolStateEvent): void {
    this.#state.apply(event);
  }

  /** Takes in an event of a session's log, in the order of the log. */
  observe(event: SessionEvent): void {
    const note = (change: ToolStateEvent): void => this.#note(change);
    foldSessionEvent(event, { state: this.#state, note });
  }

  /** All of it as plain data. */
  snapshot(): ToolStateSnapshot {
    return this.#state.snapshot();
  }

  /**
   * Goes on from a snapshot, whatever was before.
   * @throws INVALID_INPUT naming the field; the state is then as it was.
   */
  restore(snapshot: ToolStateSnapshot): void {
    this.#state.restore(parseSnapshot(snapshot));
  }

  /**
   * Other limits; what was counted stays counted.
   * @throws INVALID_INPUT naming the limit.
   */
  configure(changes: Partial<RuntimeLimits>): void {
    this.#note({ type: 'limits-changed', limits: changeLimits(this.limits, changes) });
  }

  /**
   * The limits of a mode; what was counted stays counted.
   * @throws INVALID_INPUT for a mode that does not exist.
   */
  setMode(mode: string): void {
    this.#note({ type: 'limits-changed', limits: MODE_LIMITS[parseRuntimeMode(mode)] });
  }

  /**
   * One number for all three budgets; the other limits stay.
   * @throws INVALID_INPUT
   */
  setBudget(calls: number): void {
    this.configure({ discoveryBudget: calls, executionBudget: calls, toolBudgetTotal: calls });
  }

  /** Writes that were carried out, or may have been: to be told in `finishCall` of a call that begins now. */
  get writeCount(): number {
    return this.#state.writeCount;
  }

  /** What guards know of a tool. */
  traitsOf(toolName: string): ToolTraits {
    return this.#state.classify(toolName);
  }

  /**
   * What all guards say of a call, all reasons included; changes nothing.
   * @throws INVALID_INPUT for arguments that are no object, nor the JSON text of one.
   */
  checkAllGuards(toolName: string, argumentsOfCall: unknown): GuardReport {
    return judgeCall(this.#state, parseCall(toolName, argumentsOfCall), this.#guards);
  }

  /**
   * Judges a call, its arguments an object or the JSON text of one, and counts it unless it must not run: in one step, so that of calls that begin at once no more pass than may.
   * A call that did not run after all is given back by `releaseCall`.
   * @throws TOOL_CALL_BLOCKED when it must not run and `isEnforcing` is set, INVALID_INPUT
   */
  beginCall(toolName: string, argumentsOfCall: unknown): GuardReport {
    const report = judgeCall(this.#state, parseCall(toolName, argumentsOfCall), this.#guards);
    if (report.verdict === 'block' && this.#isEnforcing) throw blockedError(report);
    if (report.verdict === 'block') return report;
    if (report.used.length > 0)
      this.#note({ type: 'values-used', names: report.used, usedIn: toolName });
    this.#note({ type: 'call-started', toolName, isUngrounded: report.isUngrounded });
    return report;
  }

  /** Takes back the count of a call that was begun and did not run. */
  releaseCall({ toolName, isUngrounded }: Pick<GuardReport, 'toolName' | 'isUngrounded'>): void {
    this.#note({ type: 'call-released', toolName, isUngrounded });
  }

  /**
   * Notes what came of a call, for all guards; gives the name that its result got, if any.
   * @throws INVALID_INPUT
   */
  finishCall(call: FinishedCall): ValueBinding | null {
    const before = this.bindings.nextNumber;
    this.#note(callFinished(call, this.#nowMs()));
    return this.bindings.nextNumber === before ? null : this.bindings.get(`v${before}`);
  }

  /**
   * Names a value that a tool gave: `v1`, `v2`, and so on.
   * @throws INVALID_INPUT
   */
  bindValue(toolName: string, argumentsOfCall: unknown, value: unknown): ValueBinding {
    const id = `v${this.bindings.nextNumber}`;
    this.#note(valueBound({ toolName, arguments: argumentsOfCall, value }, this.#nowMs()));
    const binding = this.bindings.get(id);
    if (binding === null) throw new TypeError('a value that was bound is held');
    return binding;
  }

  /** The binding of that id or alias, without the dollar sign; null when there is none. */
  getBinding(name: string): ValueBinding | null {
    return this.bindings.get(name);
  }

  /**
   * Gives a binding one more name; false when there is no such binding.
   * @throws INVALID_INPUT for a name that no reference could use.
   */
  addAlias(id: string, alias: string): boolean {
    if (this.bindings.get(id)?.id !== id) return false;
    this.#note({ type: 'alias-added', id, alias });
    return this.bindings.get(alias)?.id === id;
  }

  /**
   * Whether the references of arguments stand for something.
   * @throws INVALID_INPUT
   */
  checkReferences(argumentsOfCall: unknown): ReferenceCheckResult {
    return checkReferences(this.bindings, parseCallArguments(argumentsOfCall, 'arguments'));
  }

  /**
   * Arguments with values in the place of references; the values count as used. What stands for nothing stays as it is, and
   * `checkReferences` names it.
   * @throws INVALID_INPUT
   */
  resolveReferences(argumentsOfCall: unknown): JsonObject {
    const args = parseCallArguments(argumentsOfCall, 'arguments');
    const resolved = this.bindings.resolveReferences(args);
    if (resolved.used.length > 0) {
      this.#note({ type: 'values-used', names: resolved.used, usedIn: 'arg_resolution' });
    }
    return resolved.arguments;
  }

  /**
   * What is kept for a call, counted as asked for; null when there is nothing.
   * @throws INVALID_INPUT
   */
  getCachedResult(toolName: string, argumentsOfCall: unknown): CachedToolResult | null {
    const args = parseCallArguments(argumentsOfCall, 'arguments');
    const nowMs = this.#nowMs();
    if (this.cache.peek(toolName, args, nowMs) === null) return null;
    this.#note({ type: 'result-reused', toolName, arguments: args, nowMs });
    return this.cache.peek(toolName, args, nowMs);
  }

  /**
   * Keeps a result of a call that succeeded.
   * @throws INVALID_INPUT
   */
  cacheResult(toolName: string, argumentsOfCall: unknown, result: unknown): void {
    const given = { toolName, arguments: argumentsOfCall, value: result };
    this.#note(resultCached(given, this.#nowMs()));
  }

  /**
   * Forgets the result that is kept for a call, as when what it told is no longer so; false when there is none.
   * @throws INVALID_INPUT
   */
  forgetResult(toolName: string, argumentsOfCall: unknown): boolean {
    const call = parseCall(toolName, argumentsOfCall);
    const isKept = this.cache.peek(call.toolName, call.arguments, this.#nowMs()) !== null;
    if (isKept) this.#note({ type: 'result-forgotten', ...call });
    return isKept;
  }

  /** Gives a number a name. */
  storeVariable(name: string, value: number, source: VariableSource = {}): NamedVariable {
    const variable = namedVariable(name, value, source);
    this.#note({ type: 'variable-stored', variable });
    return variable;
  }

  /** The number of a name; null when there is none. */
  getVariable(name: string): NamedVariable | null {
    return this.cache.getVariable(name);
  }

  /** Counts a call that was judged elsewhere. */
  recordToolCall(toolName: string): void {
    this.#note({
      type: 'call-started',
      toolName: parseToolName(toolName),
      isUngrounded: false,
    });
  }

  /** Notes a number that a computation gave, for {@link ToolStateManager.checkRunaway}. */
  recordNumericResult(value: number): void {
    this.#note({ type: 'number-recorded', value });
  }

  /** Whether calls should stop: because they go in a circle, or because a budget is used up, for a tool's kind if one is named. */
  checkRunaway(toolName?: string): RunawayStatus {
    return judgeRunaway(this.#state, toolName);
  }

  /** What was used of the budgets. */
  getBudgetStatus(): BudgetStatus {
    return this.#state.budget.status();
  }

  /** Whether no more calls may look for tools. */
  isDiscoveryExhausted(): boolean {
    return isFull(this.getBudgetStatus().discovery);
  }

  /** Whether no more calls may do the work. */
  isExecutionExhausted(): boolean {
    return isFull(this.getBudgetStatus().execution);
  }

  /** What was used of the limit for one tool. */
  getToolCallStatus(toolName: string): PerToolCallStatus {
    return this.#state.perTool.status(toolName);
  }

  /** What the guard of the limit for one tool says. */
  checkPerToolLimit(toolName: string): GuardResult {
    return this.#state.perTool.check(toolName);
  }

  /**
   * What the guard of statistical functions says.
   * @throws INVALID_INPUT
   */
  checkPreconditions(toolName: string, argumentsOfCall: unknown): GuardResult {
    return this.#state.precondition.check(
      toolName,
      parseCallArguments(argumentsOfCall, 'arguments'),
    );
  }

  /** Notes that a tool was found. */
  registerDiscoveredTool(toolName: string): void {
    this.#note({ type: 'tool-discovered', toolName: parseToolName(toolName) });
  }

  /** The tools that were found, in alphabetical order. */
  getDiscoveredTools(): readonly string[] {
    return this.#state.budget.discoveredTools();
  }

  /** Whether a tool of this name was found. */
  isToolDiscovered(toolName: string): boolean {
    return this.#state.budget.isDiscovered(toolName);
  }

  /** Takes the numbers that a user wrote as sources; gives how many there were. */
  registerUserLiterals(text: string): number {
    const numbers = numbersInText(text);
    this.#note({ type: 'literals-registered', numbers });
    return numbers.length;
  }

  /**
   * Whether numbers of a call come from nowhere, whatever the limits say of such calls.
   * @throws INVALID_INPUT
   */
  checkUngroundedCall(toolName: string, argumentsOfCall: unknown): UngroundedCallResult {
    const args = parseCallArguments(argumentsOfCall, 'arguments');
    return ungroundedResult(this.#state, toolName, args);
  }

  /** Whether bare numbers of a tool may be taken for computed values: it computes one number, and there are values. */
  shouldAutoRebound(toolName: string): boolean {
    return this.traitsOf(toolName).effect === 'pure' && this.bindings.size > 0;
  }

  /**
   * Puts references in the place of bare numbers that are computed values; only when all of them are.
   * @throws INVALID_INPUT
   */
  trySoftBlockRepair(toolName: string, argumentsOfCall: unknown): RepairOutcome {
    const args = parseCallArguments(argumentsOfCall, 'arguments');
    return repairUngrounded(this.#state, toolName, args);
  }

  /** Names the numbers that an answer of the model names; they are no source for its calls. */
  extractBindingsFromText(text: string): readonly ValueBinding[] {
    return namedNumbersIn(text).flatMap((named) => {
      const present = this.bindings.get(named.name);
      if (present !== null && present.value === named.value) return [];
      const id = `v${this.bindings.nextNumber}`;
      this.#note(numberExtracted(named, this.#nowMs()));
      const binding = this.bindings.get(id);
      return binding === null ? [] : [binding];
    });
  }

  /**
   * Starts the turn of the next message: budgets, limits and circles count anew, and results of a turn are no longer reused. Named
   * values stay, since messages of before still mention them.
   */
  resetForNewPrompt(userText = ''): void {
    this.#note({ type: 'prompt-started', text: userText });
  }

  /** Forgets everything but the ids that were given, which stay taken. */
  clear(): void {
    this.#note({ type: 'cleared' });
  }

  #note(event: ToolStateEvent): void {
    this.#state.apply(event);
    this.#onEvent(event);
  }
}

function blockedError({ toolName, findings, reason }: GuardReport): ToolCallBlocked {
  const guards = findings
    .filter(({ result }) => result.verdict === 'block')
    .map(({ guard }) => guard);
  return new ToolCallBlocked({ toolName, guards, reason });
}
