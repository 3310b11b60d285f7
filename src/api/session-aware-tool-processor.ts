import { z } from 'zod';
import { assertObject } from '../domain/argument.ts';
import { withDoubt } from '../tools/doubtful-result.ts';
import { SessionNotFound } from '../domain/errors.ts';
import { idSchema } from '../domain/ids.ts';
import { parseInput } from '../domain/parse.ts';
import { KeyedTurns } from '../domain/keyed-turns.ts';
import { LruMap } from '../domain/lru-map.ts';
import { callSignature } from '../guards/result-cache.ts';
import type { GuardReport } from '../guards/guard-report.ts';
import type { Store } from '../store/store.ts';
import { type CallFigures, NO_CALLS, withResult } from '../tools/call-figures.ts';
import { runInParallel, type Task } from '../tools/parallel-calls.ts';
import { formReport, notRun, notRunAgain } from '../tools/refused-call.ts';
import { toResult } from '../tools/run-result.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { ToolRunner } from '../tools/tool-runner.ts';
import { AnswerClaims } from './answer-claim.ts';
import {
  type AskedMessage,
  type AskedPlace,
  isApprovedSince,
  parseProcessOptions,
  type ProcessOptions,
  readAnswer,
  recordApproved,
  recordAsked,
} from './asked-message.ts';
import { nameAnswer, type NamedAnswer } from './answer-name.ts';
import { CallsInFlight, type ClaimedCall } from './calls-in-flight.ts';
import { type CallOperation, operationsOf } from './call-operations.ts';
import { keepResult, runCall } from './memory-call.ts';
import { RecordedCalls, recordedByOther } from './recorded-calls.ts';
import { SessionManager } from './session-manager.ts';
import { SessionProcedures } from './session-procedures.ts';
import { type RecordedToolCall, SessionTools } from './session-tools.ts';
import { type EndedCall, EXECUTION_METADATA, factsOf, executionNote } from './tool-execution.ts';
import {
  type ParsedProcessorOptions,
  parseProcessorOptions,
  type ToolProcessorOptions,
} from './tool-processor-options.ts';

/** One call on its way. */
interface Work extends CallOperation {
  readonly parentEventId: string;
  readonly signal: AbortSignal | undefined;
}

/** An answer that is recorded, and the calls that it asks for. */
interface ClaimedAnswer {
  readonly asked: AskedMessage;
  readonly calls: readonly ClaimedCall[];
  readonly signal: AbortSignal | undefined;
}

/** What the calls of one answer share when they begin. */
interface Beginning {
  readonly asked: AskedMessage;
  readonly signal: AbortSignal | undefined;
  /** What the guards said of those that were judged. */
  readonly reports: GuardReport[];
  readonly recorded: RecordedCalls;
}

/** Results that could not be recorded, kept so that nothing has to run again. */
const MAX_UNSAVED = 1_024;
const sessionSchema = z.union([
  z.custom<SessionManager>((value) => value instanceof SessionManager, 'a session'),
  idSchema,
]);

/**
 * Carries out the calls that answers of a model ask for: guards are asked before, tools run side by side, and every call is recorded with its
 * id, arguments, attempts and time, linked to the answer. A call that ran is never run again for want of a record: what the log
 * says is told again, and what could not be recorded is kept and recorded with the next attempt.
 */
export class SessionAwareToolProcessor {
  /** The guards of the session, and what they know. */
  readonly tools: SessionTools;
  /** What was learnt from calls; null when that is turned off. */
  readonly procedures: SessionProcedures | null;
  readonly #session: SessionManager;
  readonly #place: AskedPlace;
  readonly #options: ParsedProcessorOptions;
  readonly #inFlight = new CallsInFlight();
  readonly #claims = new KeyedTurns();
  readonly #unsaved = new LruMap<EndedCall>(MAX_UNSAVED);
  /** Calls that were approved: one after the other, so that each stands in the log before what comes of it, and not before other calls. */
  readonly #approved = new KeyedTurns();
  /** Calls whose results the same calls beside them may reuse. */
  readonly #reusable = new KeyedTurns();
  #figures: CallFigures = NO_CALLS;

  private constructor(
    tools: SessionTools,
    session: SessionManager,
    options: ParsedProcessorOptions,
  ) {
    assertObject(options, 'options');
    const { procedures } = options;
    this.tools = tools;
    this.procedures =
      procedures === null
        ? null
        : new SessionProcedures(procedures === true ? session : procedures);
    this.#session = session;
    this.#place = { session, tools, claims: new AnswerClaims() };
    this.#options = options;
  }

  /**
   * A processor for a session; one that is named by its id has to be there, in the store of the options or the process's own.
   * @throws INVALID_INPUT naming the option, SESSION_NOT_FOUND, STORAGE_ERROR
   */
  static async create(
    session: SessionManager | string,
    options: ToolProcessorOptions & { readonly store?: Store | undefined } = {},
  ): Promise<SessionAwareToolProcessor> {
    const given = parseInput(sessionSchema, session, 'session');
    const { store, ...rest } = options;
    const parsed = parseProcessorOptions(rest);
    const manager =
      typeof given === 'string' ? new SessionManager({ sessionId: given, store }) : given;
    if (typeof given === 'string' && !(await manager.exists()))
      throw new SessionNotFound({ sessionId: given });
    const tools = await SessionTools.open(manager, parsed.guards);
    return new SessionAwareToolProcessor(tools, manager, parsed);
  }

  /** What runs the tools. */
  get runner(): ToolRunner {
    return this.#options.runner;
  }

  /** Figures about the calls of this processor. */
  stats(): CallFigures {
    return this.#figures;
  }

  /**
   * Records an answer of a model and carries out the calls it asks for, in any of the usual formats; gives their results in the order of the
   * calls. Calls whose result the answer has already are not carried out again. What goes wrong with a tool is in its result. May be repeated after an error with the same answer: no call that ran
   * is run again.
   * @throws INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND, STORAGE_ERROR, UNKNOWN_OUTCOME, once all calls have ended;
   * TOOL_CALL_BLOCKED before any of them runs, when the guards are enforcing
   */
  async processLlmMessage(
    message: unknown,
    options: ProcessOptions = {},
  ): Promise<readonly ToolResult[]> {
    const given = parseProcessOptions(options);
    const answer = readAnswer(message);
    await this.tools.refresh();
    const { turn } = this.tools;
    const named = await nameAnswer(this.#place, { ...answer, turn }, given);
    // One after the other, so that whoever finds the answer recorded finds its calls under way.
    const claimed = await this.#claims.take(named.eventId, () => this.#claim(named, given));
    const tasks = await this.#begin(claimed);
    const results = await runInParallel(tasks, this.#options.maxParallel);
    for (const result of results) this.#figures = withResult(this.#figures, result);
    return results;
  }

  /** Records the answer, and makes those of its calls known that are not under way already. */
  async #claim(answer: NamedAnswer, options: ProcessOptions): Promise<ClaimedAnswer> {
    const asked = await recordAsked(this.#place, answer, options);
    const operations = operationsOf(asked.eventId, answer.calls);
    // Those that were approved since are claimed by records of their own.
    const claimed = operations.filter((operation) => !isApprovedSince(operation, asked));
    if (asked.isOwn) for (const { operationId } of claimed) this.#inFlight.claim(operationId);
    const calls = operations.map((operation) => this.#inFlight.join(operation));
    return { asked, calls, signal: options.signal };
  }

  /** Judges the calls in their order, before any of them runs. */
  async #begin({ asked, calls, signal }: ClaimedAnswer): Promise<readonly Task<ToolResult>[]> {
    const reports: GuardReport[] = [];
    const tasks: Task<ToolResult>[] = [];
    try {
      const operations = calls.map(({ operation }) => operation);
      const recorded = new RecordedCalls(this.#place, asked, operations);
      const earlier = await recorded.read();
      for (const { operation, running, announced } of calls) {
        if (running !== undefined) tasks.push(() => running);
        else {
          const task =
            this.#known(operation, earlier) ??
            // In order: of calls that begin together no more pass than may.
            (await this.#beginCall(operation, { asked, signal, reports, recorded }));
          tasks.push(() => announced.run(task));
        }
      }
    } catch (error) {
      for (const report of reports) this.tools.release(report);
      for (const { announced } of calls) announced?.giveUp(error);
      throw error;
    }
    return tasks;
  }

  /** Judges a call that nothing is known of; one that may have run elsewhere is not run again. */
  async #beginCall(
    operation: CallOperation,
    { asked, signal, reports, recorded }: Beginning,
  ): Promise<Task<ToolResult>> {
    const { call } = operation;
    const isApproved = isApprovedSince(operation, asked);
    if (!isApproved && asked.isRepeated && this.#mayHaveRun(operation))
      return () => Promise.resolve(notRunAgain(call));
    const report =
      call.problem === null
        ? await this.tools.begin(call.toolName, call.arguments)
        : formReport(call);
    reports.push(report);
    const run = (parentEventId: string): Promise<ToolResult> =>
      this.#run({ ...operation, parentEventId, signal }, report);
    if (!isApproved) return () => run(asked.eventId);
    return () =>
      this.#approved.take(asked.eventId, async () => {
        const claim = await this.#claimApproved(operation, { asked, recorded }).catch(
          (error: unknown) => {
            this.tools.release(report);
            throw error;
          },
        );
        if ('eventId' in claim) return run(claim.eventId);
        this.tools.release(report);
        return claim.told;
      });
  }

  /** Claims a call that was approved, when it is its turn; or tells what came of it meanwhile, or that another process may have run it. */
  async #claimApproved(
    operation: CallOperation,
    { asked, recorded }: Pick<Beginning, 'asked' | 'recorded'>,
  ): Promise<{ readonly eventId: string } | { readonly told: ToolResult }> {
    const before = await recorded.latestOf(operation);
    if (before !== null) return { told: before };
    const { eventId, isOwn, isRepeated } = await recordApproved(this.#place, operation, asked);
    if (isOwn) this.#inFlight.claim(operation.operationId);
    if (!isRepeated || !this.#mayHaveRun(operation)) return { eventId };
    return { told: (await recorded.latestOf(operation)) ?? notRunAgain(operation.call) };
  }

  /** Whether a call of an answer that was there already may have run, and would do harm if it ran again. */
  #mayHaveRun({ call, operationId }: CallOperation): boolean {
    if (call.problem !== null || this.runner.isRepeatable(call.toolName)) return false;
    return !this.#inFlight.isUnbegun(operationId);
  }

  /** What is known of a call that was asked for before; null when that is nothing. */
  #known(
    operation: CallOperation,
    earlier: ReadonlyMap<string, ToolResult>,
  ): Task<ToolResult> | null {
    const unsaved = this.#unsaved.get(operation.operationId);
    if (unsaved !== undefined) return () => this.#save(unsaved);
    const recorded = earlier.get(operation.operationId);
    return recorded === undefined ? null : () => Promise.resolve(recorded);
  }

  async #run(work: Work, report: GuardReport): Promise<ToolResult> {
    const { call, operationId, parentEventId } = work;
    this.#inFlight.begin(operationId);
    const args = report.repairedArguments ?? report.arguments;
    const asked = { ...call, arguments: args };
    const base = { operationId, parentEventId, report, failedAttempts: [] };
    if (report.verdict === 'block') {
      const why = { status: 'blocked', error: report.reason, errorClass: null, report } as const;
      return this.#save({ ...base, result: notRun(asked, why) });
    }
    if (call.problem !== null) {
      const why = { status: 'failed', error: call.problem, report } as const;
      const result = notRun(asked, { ...why, errorClass: 'validation' });
      return this.#save({ ...base, hasRun: false, result });
    }
    if (!this.#isReusable(report)) return this.#execute(work, report);
    // One after the other, so that what the first gives is there for the others.
    return this.#reusable.take(callSignature(call.toolName, args), async () => {
      const found = this.tools.reusable(report);
      if (found === null) return this.#execute(work, report);
      // A copy: what the caller does with it must not change what later calls are given.
      const value = structuredClone(found.result);
      const run = { value, failure: null, attempts: 1, durationMs: 0 };
      return this.#save({ ...base, result: { ...toResult(asked, report, run), isCached: true } });
    });
  }

  async #execute(work: Work, report: GuardReport): Promise<ToolResult> {
    const { call, operationId, parentEventId, signal } = work;
    const args = report.repairedArguments ?? report.arguments;
    const { toolName, callId } = call;
    const target = { session: this.#session, runner: this.runner };
    const ran = await runCall(target, { toolName, arguments: args, callId, operationId }, signal);
    const known = toResult({ ...call, arguments: args }, report, ran);
    const result = this.runner.isRepeatable(toolName) ? known : withDoubt(known, ran);
    const { failedAttempts } = ran;
    return this.#save({ operationId, parentEventId, report, failedAttempts, result });
  }

  #isReusable({ toolName }: GuardReport): boolean {
    return this.#options.isCaching && this.tools.state.traitsOf(toolName).isCacheable;
  }

  async #save(ended: EndedCall): Promise<ToolResult> {
    // Kept until it is recorded, whatever happens.
    this.#unsaved.set(ended.operationId, ended);
    const result = await this.#record(ended);
    this.#unsaved.delete(ended.operationId);
    return result;
  }

  async #record(ended: EndedCall): Promise<ToolResult> {
    const { operationId, parentEventId, report, result } = ended;
    const { maxResultLength: maxLength, artifacts } = this.#options;
    const place = { session: this.#session, artifacts, maxLength, runner: this.runner };
    const { toolName, callId, error, isCached } = result;
    const kept = await keepResult(result.value, place, { toolName, operationId });
    const { shown, storedAs, unkeptLength } = kept;
    const suggestion = await this.#suggestion(result);
    const whole: ToolResult = { ...result, shown, storedAs, suggestion };
    const note = executionNote({ ...ended, result: whole }, unkeptLength);
    const isWhole = storedAs === null && unkeptLength === null;
    let recorded: RecordedToolCall;
    try {
      recorded = await this.tools.finish({
        report,
        result: shown,
        error,
        eventId: operationId,
        parentEventId,
        // A name for a reference to a value would be taken for the value.
        isBound: result.status === 'succeeded' && isWhole && !isCached,
        isReused: isCached,
        ...(isWhole ? {} : factsOf(result.value)),
        metadata: { [EXECUTION_METADATA]: note },
        ...(callId === null ? {} : { callId }),
        ...(ended.hasRun === false ? { hasRun: false } : {}),
      });
    } catch (failure) {
      const other = await recordedByOther(this.#session, operationId, failure);
      // That one counts, and stands for this one.
      this.tools.release(report);
      return other;
    }
    await this.#learn(whole, operationId);
    const told = unkeptLength === null ? whole : { ...whole, ...recorded.excerpt };
    return { ...told, bindingId: recorded.binding?.id ?? null, eventId: operationId };
  }

  /** What is known of such failures; a call that worked needs no advice. */
  async #suggestion(result: ToolResult): Promise<string | null> {
    if (this.procedures === null || result.status === 'succeeded') return null;
    return this.procedures.suggestFor(result, this.tools.goal);
  }

  /** Where the log of the session does not tell it anyway. */
  async #learn(result: ToolResult, operationId: string): Promise<void> {
    if (!(this.#options.procedures instanceof SessionManager)) return;
    const from = { operationId, goal: this.tools.goal, session: this.#session };
    await this.procedures?.learn(result, from);
  }
}
