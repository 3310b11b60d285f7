import { z } from 'zod';
import type { ArgumentSchema } from '../domain/argument-schema.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { parseJsonValue } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { onAbort } from '../domain/on-abort.ts';
import { LruMap } from '../domain/lru-map.ts';
import { createToolClassifier, type ToolTraits } from '../guards/tool-traits.ts';
import type { ErrorClass } from '../procedures/error-class.ts';
import { isStream, lastOf } from './last-of-stream.ts';
import { mayHaveWorked } from './may-have-worked.ts';
import { fromMcpResult } from './mcp-result.ts';
import { toRetryPolicy } from './retry-policy.ts';
import type {
  ToolContext,
  ToolDefaults,
  ToolDefinition,
  ToolExecutor,
  ToolSet,
} from './tool-definition.ts';
import { parseToolDefaults, parseToolDefinition, withDefaults } from './tool-definition.ts';
import { failureOf, ReportedFailure, type ToolFailure, toolFailure } from './tool-failure.ts';
import { type BreakerState, createToolPolicies, type ToolPolicies } from './tool-policies.ts';

/** What a runner runs. */
export interface ToolRunnerOptions {
  readonly tools?: ToolSet | undefined;
  /** Carries out calls of all tools that are not named; without it they are unknown. */
  readonly execute?: ToolExecutor | undefined;
  /** How all tools are run, where they do not say it themselves. */
  readonly defaults?: ToolDefaults | undefined;
}

/** A call to be carried out. */
export interface RunRequest {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly callId: string | null;
  readonly operationId: string;
}

/** An attempt that failed. */
export interface FailedAttempt {
  readonly errorClass: ErrorClass;
  readonly message: string;
  readonly durationMs: number;
}

/** What came of a call. */
export interface ToolRun {
  readonly value: JsonValue;
  /** Null when it succeeded. */
  readonly failure: ToolFailure | null;
  /** 0 when it was turned away before the tool was asked. */
  readonly attempts: number;
  /** All that failed, the last one too when the call did. */
  readonly failedAttempts: readonly FailedAttempt[];
  /** Whether an attempt failed in a way that leaves open what the tool did: it may have been the one that worked. */
  readonly isDoubtful: boolean;
  /** All attempts, pauses and waiting together. */
  readonly durationMs: number;
}

/** What a {@link ToolRunner} needs from its surroundings. */
export interface ToolRunnerEnvironment {
  readonly nowMs: () => number;
  /** From 0 to below 1. */
  readonly random: () => number;
}

interface RunnableTool {
  readonly definition: ToolDefinition;
  readonly policies: ToolPolicies;
  /** How many calls have a turn, or wait for one. */
  turns: number;
}

const MAX_UNNAMED = 1_024;
const MAX_FAILED_ATTEMPTS = 20;
const optionsSchema = z.strictObject({
  // Not as a record: a tool may be called `constructor`.
  tools: z.custom<ToolSet>((value) => typeof value === 'object' && value !== null).optional(),
  execute: z.unknown().optional(),
  defaults: z.unknown().optional(),
});

/**
 * Tools and how they are run: with time limits, repeats, limits of how many run at once, and breakers. What a breaker or a limit
 * counts belongs to the runner, so that tenants that must not share it have a runner each.
 */
export class ToolRunner {
  readonly #tools: ReadonlyMap<string, RunnableTool>;
  readonly #fallback: ToolDefinition | null;
  readonly #unnamed = new LruMap<RunnableTool>(MAX_UNNAMED);
  /** Those of them that are at work, as many as there are calls at most: without its turns a tool would run beyond its limit. */
  readonly #busy = new Map<string, RunnableTool>();
  readonly #classify = createToolClassifier();
  readonly #environment: ToolRunnerEnvironment;
  /** The clock that calls are timed by, in milliseconds. */
  readonly nowMs: () => number;

  /** @throws INVALID_INPUT naming the option or the field of a tool. */
  constructor(options: ToolRunnerOptions, environment: ToolRunnerEnvironment) {
    const { tools = {}, execute, ...given } = parseInput(optionsSchema, options, 'options');
    const defaults = parseToolDefaults(given.defaults ?? {}, 'options.defaults');
    this.#environment = environment;
    this.nowMs = environment.nowMs;
    this.#fallback =
      execute === undefined
        ? null
        : withDefaults(parseToolDefinition({ execute }, 'options'), defaults);
    this.#tools = new Map(
      Object.entries(tools).map(([name, tool]) => {
        const definition = parseToolDefinition(tool, `options.tools.${name}`);
        return [name, this.#runnable(name, withDefaults(definition, defaults))];
      }),
    );
  }

  /** The names of the tools that were given. */
  get names(): readonly string[] {
    return [...this.#tools.keys()];
  }

  /** The definition that a name is run by; null for an unknown one. */
  definitionOf(toolName: string): ToolDefinition | null {
    return this.#tools.get(toolName)?.definition ?? this.#fallback;
  }

  /** What guards are to know of a tool by its definition. */
  traitsOf(toolName: string): Partial<ToolTraits> {
    const { effect, isCacheable, isPolled } = this.definitionOf(toolName) ?? {};
    return {
      ...(effect === undefined ? {} : { effect }),
      ...(isCacheable === undefined ? {} : { isCacheable }),
      ...(isPolled === undefined ? {} : { isPolled }),
    };
  }

  /** The schemas of the tools that have one. */
  schemas(): Readonly<Record<string, ArgumentSchema>> {
    const found = [...this.#tools].flatMap(
      ([
        name,
        {
          definition: { schema },
        },
      ]) => (schema === undefined ? [] : [[name, schema] as const]),
    );
    return Object.fromEntries(found);
  }

  /** Whether a call may be made twice without harm. */
  isRepeatable(toolName: string): boolean {
    const definition = this.definitionOf(toolName);
    return definition === null || this.#mayRepeat(toolName, definition);
  }

  /** Whether calls of a tool are let through. */
  breakerState(toolName: string): BreakerState {
    return this.#find(toolName)?.policies.breakerState() ?? 'closed';
  }

  /** Carries a call out. Never rejects: what goes wrong is in the answer. */
  async run(request: RunRequest, signal?: AbortSignal): Promise<ToolRun> {
    const tool = this.#find(request.toolName);
    const startMs = this.nowMs();
    const failedAttempts: FailedAttempt[] = [];
    if (tool === null) {
      const failure = toolFailure('not_found', `There is no tool ${request.toolName}.`);
      return {
        value: null,
        failure,
        attempts: 0,
        failedAttempts,
        isDoubtful: false,
        durationMs: 0,
      };
    }
    const counter = { attempts: 0, doubtful: 0 };
    const ended = await this.#runAll({
      tool,
      request,
      signal,
      failedAttempts,
      counter,
      running: [],
    });
    const durationMs = this.nowMs() - startMs;
    const { attempts, doubtful } = counter;
    return { ...ended, attempts, failedAttempts, isDoubtful: doubtful > 0, durationMs };
  }

  async #runAll(work: Work): Promise<Pick<ToolRun, 'value' | 'failure'>> {
    const { tool, signal } = work;
    if (signal?.aborted === true) return { value: null, failure: cancelled() };
    // Of its own for each call, since policies listen to it themselves, and Node warns of a leak where a signal has more than ten listeners.
    const call = new AbortController();
    const unwatch = onAbort(signal, () => call.abort(signal?.reason));
    try {
      const value = await tool.policies.whole.execute(
        ({ signal: wholeSignal }) => this.#runInTurn(work, wholeSignal),
        call.signal,
      );
      return { value, failure: null };
    } catch (error) {
      return { value: null, failure: call.signal.aborted ? cancelled() : failureOf(error) };
    } finally {
      unwatch();
    }
  }

  /** Answers when the attempts have ended; the turn is over when nothing of the call runs any more. */
  #runInTurn(work: Work, signal: AbortSignal): Promise<JsonValue> {
    const { turns, attempts } = work.tool.policies;
    const endTurn = this.#beginTurn(work);
    return new Promise<JsonValue>((resolve, reject) => {
      const turn = turns(async () => {
        const ended = attempts.execute(
          ({ signal: ownSignal }) => this.#attempt(work, [signal, ownSignal]),
          signal,
        );
        ended.then(resolve, reject);
        await Promise.allSettled([ended]);
        await Promise.allSettled(work.running);
      }, signal);
      turn.finally(endTurn).catch(reject);
    });
  }

  #beginTurn({ tool, request: { toolName } }: Work): () => void {
    if (this.#tools.has(toolName)) return () => undefined;
    tool.turns += 1;
    this.#busy.set(toolName, tool);
    return () => {
      tool.turns -= 1;
      if (tool.turns > 0) return;
      this.#busy.delete(toolName);
      this.#unnamed.set(toolName, tool);
    };
  }

  async #attempt(work: Work, signals: readonly [AbortSignal, AbortSignal]): Promise<JsonValue> {
    const { tool, request, failedAttempts, counter } = work;
    // A breaker that tries its tool loses the signal on the way.
    const signal = signals[0] === signals[1] ? signals[0] : AbortSignal.any([...signals]);
    // A tool that ignores its signal may still be at work on the attempt before.
    await Promise.allSettled(work.running);
    signal.throwIfAborted();
    counter.attempts += 1;
    const startMs = this.nowMs();
    const { toolName, callId, operationId } = request;
    const context = { toolName, callId, operationId, attempt: counter.attempts, signal };
    const running = answerOf(tool.definition, request.arguments, context);
    work.running.push(running);
    try {
      return await running;
    } catch (error) {
      const failure = failureOf(error);
      const { errorClass, message } = failure;
      if (mayHaveWorked(failure)) counter.doubtful += 1;
      const durationMs = this.nowMs() - startMs;
      if (failedAttempts.length < MAX_FAILED_ATTEMPTS)
        failedAttempts.push({ errorClass, message, durationMs });
      throw error;
    }
  }

  #find(toolName: string): RunnableTool | null {
    const named = this.#tools.get(toolName);
    if (named !== undefined || this.#fallback === null) return named ?? null;
    const present =
      this.#busy.get(toolName) ??
      this.#unnamed.get(toolName) ??
      this.#runnable(toolName, this.#fallback);
    this.#unnamed.set(toolName, present);
    return present;
  }

  #runnable(toolName: string, definition: ToolDefinition): RunnableTool {
    const retry = toRetryPolicy(definition.retry ?? {}, this.#mayRepeat(toolName, definition));
    const { random } = this.#environment;
    return { definition, policies: createToolPolicies(definition, { retry, random }), turns: 0 };
  }

  #mayRepeat(toolName: string, definition: ToolDefinition): boolean {
    const { isRepeatable, effect = this.#classify(toolName).effect } = definition;
    return isRepeatable ?? effect !== 'write';
  }
}

interface Work {
  readonly tool: RunnableTool;
  readonly request: RunRequest;
  readonly signal: AbortSignal | undefined;
  readonly failedAttempts: FailedAttempt[];
  readonly counter: { attempts: number; doubtful: number };
  /** What the tool was asked for, one for each attempt. */
  readonly running: Promise<JsonValue>[];
}

function cancelled(): ToolFailure {
  return toolFailure('cancelled', 'The call was cancelled.');
}

async function answerOf(
  { schema, execute }: ToolDefinition,
  argumentsOfCall: JsonObject,
  context: ToolContext,
): Promise<JsonValue> {
  const given: unknown = await execute(outputOf(schema, argumentsOfCall), context);
  // Tools that tell how far they are give their result last.
  const value = isStream(given) ? await lastOf(given, context.signal) : given;
  try {
    return fromMcpResult(parseJsonValue(value ?? null, 'result'));
  } catch (error) {
    if (!InvalidInput.isInstance(error)) throw error;
    const message = `The tool ran, but its result cannot be told: ${error.message}`;
    throw new ReportedFailure(toolFailure('execution', message, { hasRun: true }));
  }
}

/** What the schema makes of arguments, defaults included; those that it refuses were judged before and go as they are. */
function outputOf(schema: ArgumentSchema | undefined, argumentsOfCall: JsonObject): JsonObject {
  if (typeof schema?.['safeParse' as keyof ArgumentSchema] !== 'function') return argumentsOfCall;
  const parsed = (schema as ParsesToOutput).safeParse(argumentsOfCall); // it has the method
  return parsed.success && parsed.data !== undefined ? parsed.data : argumentsOfCall;
}

interface ParsesToOutput {
  safeParse(value: unknown): { readonly success: boolean; readonly data?: JsonObject };
}
