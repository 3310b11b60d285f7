import { z } from 'zod';
import { assertText } from '../domain/argument.ts';
import { reportsFailure } from '../domain/failure-report.ts';
import { type JsonValue, toText } from '../domain/json.ts';
import { messageText } from '../domain/message-content.ts';
import { parseInput } from '../domain/parse.ts';
import { textHash } from '../domain/text-hash.ts';
import {
  rememberedArguments,
  rememberedResult,
  rememberedText,
  rememberedValue,
} from '../procedures/redaction.ts';
import { callOfEvent, refusalType } from '../procedures/session-call.ts';
import { skillsOf, suggestionFor, type ToolSkill } from '../procedures/skill.ts';
import { ToolMemoryManager } from '../procedures/tool-memory-manager.ts';
import type { ToolMemoryOptions } from '../procedures/tool-memory-options.ts';
import type { ToolResult } from '../tools/tool-result.ts';
import type { SessionHandle } from './session-handle.ts';
import { sessionHandleOf, SessionManager } from './session-manager.ts';
import { type PlacedEvent, readEvents } from './session-reader.ts';

const sessionSchema = z.custom<SessionManager>(
  (value) => value instanceof SessionManager,
  'a session, such as pagefold.session(id) gives',
);
const countSchema = z.int().min(1).optional();

/**
 * What was learnt from the tool calls of a session, or of all sessions that share one: a fold over its log, read page by page and
 * kept up. It is gone when that session is erased.
 */
export class SessionProcedures {
  readonly #session: SessionManager;
  readonly #handle: SessionHandle;
  readonly #memory: ToolMemoryManager;
  #position = 0;
  /** What the user of the log wants. */
  #goal: string | null = null;
  /** When the event happened that is being taken in: the same in every process. */
  #nowMs = 0;
  #refreshing: Promise<void> = Promise.resolve();

  /**
   * Reads nothing yet.
   * @throws INVALID_INPUT naming the argument or the option
   */
  constructor(session: SessionManager, options: ToolMemoryOptions = {}) {
    this.#session = parseInput(sessionSchema, session, 'session');
    this.#handle = sessionHandleOf(session);
    const { sessionId } = session;
    this.#memory = new ToolMemoryManager({ sessionId, ...options }, { nowMs: () => this.#nowMs });
  }

  /** The session whose log it is. */
  get session(): SessionManager {
    return this.#session;
  }

  /** What is known, with all that was recorded until now. @throws STORAGE_ERROR */
  async memory(): Promise<ToolMemoryManager> {
    const catchUp = async (): Promise<void> => this.#catchUp();
    this.#refreshing = this.#refreshing.then(catchUp, catchUp);
    await this.#refreshing;
    return this.#memory;
  }

  /** What earlier calls say about the next one of a tool, for a goal; null when nothing is known. */
  async suggest(toolName: string, goal: string | null = null): Promise<string | null> {
    assertText(toolName, 'toolName');
    return suggestionFor(await this.memory(), { toolName, errorType: null, goal });
  }

  /** What earlier calls say about a call that failed or was refused; null when nothing is known. */
  async suggestFor(result: ToolResult, goal: string | null): Promise<string | null> {
    const { toolName } = result;
    return suggestionFor(await this.memory(), { toolName, errorType: errorTypeOf(result), goal });
  }

  /**
   * Writes the ways that worked so many times at least, default 3, into the memory of a session as pages of the type
   * `procedure`, each once; gives their ids.
   * @throws INVALID_INPUT, STORAGE_ERROR
   */
  async promote(
    target: SessionManager,
    options: { readonly leastCount?: number | undefined } = {},
  ): Promise<readonly string[]> {
    const session = parseInput(sessionSchema, target, 'target');
    const leastCount = parseInput(countSchema, options.leastCount, 'options.leastCount');
    const pageIds: string[] = [];
    for (const skill of skillsOf(await this.memory(), leastCount)) {
      const content = skillText(skill);
      const idempotencyKey = `skill.${textHash(content)}`;
      // In order: pages are written one after the other.
      pageIds.push(await session.memory.write({ content, pageType: 'procedure', idempotencyKey }));
    }
    return pageIds;
  }

  /**
   * Records a call of another session here, without secrets and long values; may be repeated. `session` is the one that it is of: calls
   * of several sessions may have the same operation.
   * @throws STORAGE_ERROR
   */
  async learn(
    result: ToolResult,
    from: {
      readonly operationId: string;
      readonly goal: string | null;
      readonly session?: SessionManager | undefined;
    },
  ): Promise<void> {
    const { operationId, goal } = from;
    const { status, errorClass, durationMs, isCached } = result;
    const error = result.error ?? toldFailure(result.value);
    if (status === 'unknown' || isCached) return;
    await this.#session.recordTool({
      toolName: result.toolName,
      arguments: rememberedArguments(result.arguments),
      result: rememberedResult(result.shown).summary,
      error: error === null ? null : rememberedText(error),
      parentEventId: null,
      idempotencyKey: `learnt-${textHash(originOf(from.session) + operationId)}`,
      metadata: {
        ...(goal === null ? {} : { goal: rememberedText(goal) }),
        ...(status === 'blocked' ? { refusal: errorTypeOf(result) } : {}),
        execution: { durationMs, errorClass },
      },
    });
  }

  async #catchUp(): Promise<void> {
    const state = await this.#handle.findState();
    if (state === null || state.version <= this.#position) return;
    const range = { fromPosition: this.#position + 1, toPosition: state.version };
    for await (const event of readEvents(this.#handle.source, range)) this.#takeIn(event);
    this.#position = state.version;
  }

  #takeIn(event: PlacedEvent): void {
    this.#nowMs = event.timestampMs;
    if (event.type === 'message' && event.source === 'user') this.#goal = messageText(event);
    const call = callOfEvent(event, this.#goal);
    if (call !== null) this.#memory.recordCall(call);
    this.#position = event.position;
  }
}

/** The session in its present life: one that was removed may have had the same calls. */
function originOf(session: SessionManager | undefined): string {
  if (session === undefined) return '';
  const { key, lifeId = '' } = sessionHandleOf(session).source;
  return JSON.stringify([key.tenant, key.sessionId, lifeId]);
}

function errorTypeOf({ status, findings, errorClass }: ToolResult): string | null {
  if (status !== 'blocked') return errorClass;
  const blocking = findings.filter(({ result }) => result.verdict === 'block');
  return refusalType(blocking.map(({ guard }) => guard));
}

/** What a result says that is a failure by what it says; null for any other. */
function toldFailure(value: JsonValue): string | null {
  return reportsFailure(value) ? toText(rememberedValue(value)) : null;
}

function skillText({ toolName, goal, argumentHints }: ToolSkill): string {
  return `For "${goal}", ${toolName} works with ${JSON.stringify(argumentHints)}.`;
}
