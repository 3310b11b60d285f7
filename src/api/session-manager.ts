import { z } from 'zod';
import { InvalidSessionOperation, SessionNotFound } from '../domain/errors.ts';
import type { MapChange } from '../domain/event-metadata.ts';
import { idSchema, segmentId } from '../domain/ids.ts';
import { type JsonObject, type JsonValue, parseJsonValue } from '../domain/json.ts';
import { assertOwnerIsId } from '../domain/owner.ts';
import { parseInput } from '../domain/parse.ts';
import type { Session } from '../domain/session.ts';
import { needsOpenSegmentEvents, type SessionStats, statsOf } from '../domain/session-stats.ts';
import type { PromptMessage } from '../memory/prompt-message.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import {
  type ConversationTurn,
  type PromptOptions,
  readConversation,
  readMessagesForLlm,
} from './conversation.ts';
import { emptyState } from './empty-state.ts';
import { type ForkOptions, forkSession } from './fork.ts';
import { CHILDREN_POLICIES, type ChildrenPolicy } from './hierarchy.ts';
import { handleOf, optionsFor, type SessionManagerOptions } from './manager-options.ts';
import {
  answerInput,
  type AnswerOptions,
  failureInput,
  type FailureOptions,
  type RecordOptions,
  toolInput,
  type ToolUse,
  userInput,
} from './record-input.ts';
import type { RecordReceipt } from './record-receipt.ts';
import { removeSession } from './removal.ts';
import { look } from './removal-target.ts';
import { isBeyondReading, removeUnreadable } from './unreadable-removal.ts';
import type { RemoveOne } from './removal-target.ts';
import { readCurrentSegmentStats } from './segment-stats.ts';
import { SessionEvents } from './session-events.ts';
import { SessionFamily } from './session-family.ts';
import { SessionMemory } from './session-memory.ts';
import { flushBackground } from './flush.ts';
import type { SessionHandle } from './session-handle.ts';
import { summarizeSchema } from './session-options.ts';
import { readSession } from './session-reader.ts';
import { SessionRuns } from './session-runs.ts';
import { exportSession } from './session-export.ts';
import type { WaitOptions } from './wait.ts';

const promptSchema = z.string().nullable();
const rangeSchema = z.strictObject({ includeAllSegments: z.boolean().optional() });
const removalSchema = z.strictObject({ children: z.enum(CHILDREN_POLICIES).optional() });

let readHandle: (session: SessionManager) => SessionHandle;

/** The handle of a manager, for what works on the same session beside it. */
export function sessionHandleOf(session: SessionManager): SessionHandle {
  return readHandle(session);
}

/**
 * One conversation: records what is said and done, counts tokens and money, and builds the next prompt.
 * @example
 * const session = new SessionManager();
 * await session.userSays('Hello!');
 * await session.aiResponds('Hi there!', { model: 'gpt-4o-mini' });
 * const stats = await session.getStats();
 */
export class SessionManager {
  static {
    readHandle = (session) => session.#handle;
  }

  readonly #handle: SessionHandle;
  /** Pieces of work inside the session. */
  readonly runs: SessionRuns;
  /** Parent, children and forks. */
  readonly family: SessionFamily;
  /** The recorded events one by one. */
  readonly events: SessionEvents;
  /** What the session remembers, and what of it a model sees. */
  readonly memory: SessionMemory;

  /**
   * Does no I/O; a runtime is made with the first use.
   * @throws INVALID_INPUT naming the option.
   */
  constructor(options: SessionManagerOptions = {}) {
    this.#handle = handleOf(options);
    this.runs = new SessionRuns(this.#handle);
    this.family = new SessionFamily(this.#handle);
    this.events = new SessionEvents(this.#handle);
    this.memory = new SessionMemory(this.#handle);
  }

  /** The session's id: given, or made up once and then kept. */
  get sessionId(): string {
    return this.#handle.key.sessionId;
  }

  get tenant(): string {
    return this.#handle.key.tenant;
  }

  /** The prompt as this manager last learned it; what another process sets since is known once the session is read. */
  get systemPrompt(): string | null {
    return this.#handle.systemPrompt;
  }

  get isInfinite(): boolean {
    return this.#handle.options.infiniteContext;
  }

  /** True until the session is known to have existed before this manager. */
  get isNew(): boolean {
    return this.#handle.isNew;
  }

  /**
   * Records a message of the user and returns the session's id.
   * @throws INVALID_INPUT, OVERLOADED, SESSION_NOT_FOUND when it was deleted meanwhile, STORAGE_ERROR, UNKNOWN_OUTCOME.
   */
  async userSays(message: unknown, options: RecordOptions = {}): Promise<string> {
    return (await this.recordUser(message, options)).sessionId;
  }

  /**
   * Records an answer of a model and returns the session's id; of calls that it has the result of, only what was said. Null is an
   * answer only beside `toolCalls`. Errors as {@link userSays}.
   */
  async aiResponds(response: unknown, options: AnswerOptions = {}): Promise<string> {
    return (await this.recordAnswer(response, options)).sessionId;
  }

  /** Records a tool call with its result, linked to the message it serves; errors as {@link userSays}. */
  async toolUsed(use: ToolUse): Promise<string> {
    return (await this.recordTool(use)).sessionId;
  }

  /** As {@link userSays}, telling where the message is. */
  async recordUser(message: unknown, options: RecordOptions = {}): Promise<RecordReceipt> {
    return this.#handle.record(userInput(message, options, this.#handle.maxLength));
  }

  /** As {@link aiResponds}, telling where the answer is. */
  async recordAnswer(response: unknown, options: AnswerOptions = {}): Promise<RecordReceipt> {
    return this.#handle.record(answerInput(response, options, this.#handle.maxLength));
  }

  /** As {@link toolUsed}, telling where the call is. */
  async recordTool(use: ToolUse): Promise<RecordReceipt> {
    return this.#handle.record(toolInput(use, this.#handle.maxLength));
  }

  /**
   * Records that a call to a model failed, as an event of the system that no prompt shows. Keeps the error's name and
   * message, which may quote what was sent.
   * @throws INVALID_INPUT naming the option; else as {@link userSays}.
   */
  async recordFailure(error: unknown, options: FailureOptions = {}): Promise<RecordReceipt> {
    return this.#handle.record(failureInput(error, options));
  }

  /** Whether the session is there. Never creates it. */
  async exists(): Promise<boolean> {
    return (await this.#handle.findState()) !== null;
  }

  /**
   * Sets the system prompt (null takes it away) and stores it, creating the session if it is new.
   * @throws INVALID_INPUT, SESSION_NOT_FOUND when the session was deleted meanwhile.
   */
  async updateSystemPrompt(systemPrompt: string | null): Promise<void> {
    await this.#handle.setSystemPrompt(parseInput(promptSchema, systemPrompt, 'systemPrompt'));
  }

  /** The messages to send to a model next; see {@link PromptOptions}. Never writes. */
  async getMessagesForLlm(options: PromptOptions = {}): Promise<PromptMessage[]> {
    return readMessagesForLlm(this.#handle, options);
  }

  /**
   * The conversation's messages, of all segments unless said otherwise. An answer that only asks for tools says nothing here; what was
   * asked for, and what came of it, is in {@link events}.
   */
  async getConversation(
    options: { readonly includeAllSegments?: boolean | undefined } = {},
  ): Promise<readonly ConversationTurn[]> {
    const { includeAllSegments = true } = parseInput(rangeSchema, options, 'options');
    return readConversation(this.#handle, { includeAllSegments });
  }

  /** Ids of the segments, oldest first; the session's own id when it has one only and the context is not infinite. */
  async getSessionChain(): Promise<readonly string[]> {
    const state = await this.#handle.findState();
    const count = state === null ? this.#handle.emptyUnlessKnown(1) : state.open.number;
    if (!this.isInfinite && count === 1) return [this.sessionId];
    return Array.from({ length: count }, (_, index) => segmentId(this.sessionId, index + 1));
  }

  /** Kept for symmetry with stored chains: history is always read from the store, so there is nothing to load. */
  async loadSessionChain(): Promise<readonly string[]> {
    return this.getSessionChain();
  }

  /** Figures about the session, or with `includeAllSegments: false` about its open segment. */
  async getStats(
    options: { readonly includeAllSegments?: boolean | undefined } = {},
  ): Promise<SessionStats> {
    const { includeAllSegments = true } = parseInput(rangeSchema, options, 'options');
    const state =
      (await this.#handle.findState()) ?? this.#handle.emptyUnlessKnown(emptyState(this.#handle));
    const isInfinite = this.isInfinite || state.open.number > 1;
    const stats = needsOpenSegmentEvents(state, includeAllSegments)
      ? await readCurrentSegmentStats(this.#handle, { state, isInfinite })
      : statsOf(state, { includeAllSegments, isInfinite });
    return structuredClone(stats);
  }

  /**
   * The whole session as plain data.
   * @throws SESSION_NOT_FOUND
   */
  async getSession(): Promise<Session> {
    const state = await this.#handle.requireState();
    return readSession(this.#handle.source, state);
  }

  /**
   * Has a function of yours write better summaries of closed segments, in the background; null leaves that to the runtime's.
   * @throws INVALID_INPUT
   */
  setSummaryCallback(summarize: Summarize | null): void {
    this.#handle.summarize = parseInput(summarizeSchema, summarize, 'summarize');
  }

  /** The session's properties. */
  async getProperties(): Promise<JsonObject> {
    const state = await this.#handle.findState();
    const { properties } = this.#handle.options;
    return structuredClone(state?.properties ?? this.#handle.emptyUnlessKnown(properties));
  }

  /** Sets one property; null values are kept, use {@link removeProperty} to take one out. */
  async setProperty(name: string, value: unknown): Promise<void> {
    const change = setting(name, value);
    assertOwnerIsId(change.set, 'properties');
    await this.#handle.execute({ type: 'change-properties', change });
  }

  /** Takes a property out; one that is not there is fine. */
  async removeProperty(name: string): Promise<void> {
    await this.#handle.execute({ type: 'change-properties', change: removing(name) });
  }

  /** Sets an entry of the session's state map. */
  async setState(name: string, value: unknown): Promise<void> {
    await this.#handle.execute({ type: 'change-values', change: setting(name, value) });
  }

  /** An entry of the state map, or the fallback. */
  async getState(name: string, fallback: JsonValue = null): Promise<JsonValue> {
    const values = await this.#values();
    return Object.hasOwn(values, name) ? structuredClone(values[name] ?? null) : fallback;
  }

  /** Whether the state map has the entry. */
  async hasState(name: string): Promise<boolean> {
    return Object.hasOwn(await this.#values(), name);
  }

  /** Takes an entry out of the state map; one that is not there is fine. */
  async removeState(name: string): Promise<void> {
    await this.#handle.execute({ type: 'change-values', change: removing(name) });
  }

  /**
   * Closes the open segment now, whatever the thresholds say.
   * @throws INVALID_SESSION_OPERATION when the context is not infinite, or the segment holds no message; SESSION_NOT_FOUND,
   * STORAGE_ERROR, UNKNOWN_OUTCOME.
   */
  async closeSegment(): Promise<void> {
    const { policy, runtime } = this.#handle;
    runtime.assertOpen();
    if (policy === null) {
      throw new InvalidSessionOperation({
        operation: 'closeSegment',
        reason: 'the context is not infinite',
        sessionId: this.sessionId,
      });
    }
    await this.#handle.closeSegment(policy);
  }

  /**
   * Changes when the session expires, in milliseconds without writes, counted from now; 0 expires it at once, null never.
   * An absolute limit that the runtime was given stays.
   * @throws INVALID_INPUT, SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when it has forks and would
   * expire earlier than it does now.
   */
  async setTimeToLive(slidingMs: number | null): Promise<void> {
    await this.#handle.runtime.operation(() => this.#handle.setTimeToLive(slidingMs));
  }

  /**
   * Deletes the session for good. Children are detached, or with `cascade` deleted too where they are nobody's or the session's
   * user's (of a session of nobody: the user's that this manager names), or forks; those of other users are detached, whoever
   * deletes. One by one, deepest first, so that some may be gone when the call fails; it can be repeated. A session that is damaged, or
   * whose key is gone, or the origin of the fork that it is, goes too, with a warning (`UNREADABLE_REMOVED`): what can be read of it is heeded, and
   * children that would have to go along, or cannot be read either, have to be removed before it.
   * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when forks share its history and stay, or when a session that is to go has
   * content in an artifact store and the runtime has none, SESSION_CONFLICT when others never stop writing to it.
   */
  async delete(options: { readonly children?: ChildrenPolicy | undefined } = {}): Promise<void> {
    const { store } = this.#handle.runtime;
    await this.#remove('delete', options, { session: (target) => store.remove(target) });
  }

  /**
   * As {@link delete}, and takes the amounts of what goes out of the tenant's sums too; returns how many sessions, records, and
   * artifacts of theirs went, and, where that is the case, how many of the session's own records nobody could read: forks, children and content that only those
   * named stay.
   */
  async erase(options: { readonly children?: ChildrenPolicy | undefined } = {}): Promise<{
    readonly sessions: number;
    readonly records: number;
    readonly artifacts: number;
    readonly unreadRecords?: number;
  }> {
    const { store } = this.#handle.runtime;
    let sessions = 0;
    let records = 0;
    let artifacts = 0;
    const unreadRecords = await this.#remove('erase', options, {
      session: async (target) => {
        const receipt = await store.erase({ scope: { kind: 'session', ...target } });
        sessions += receipt.sessions;
        records += receipt.records;
        return receipt.sessions > 0;
      },
      content: ({ removed }) => {
        artifacts += removed;
      },
    });
    return { sessions, records, artifacts, ...(unreadRecords > 0 ? { unreadRecords } : {}) };
  }

  /**
   * A new session that shares this one's history up to a position, without copying it, and goes its own way from there.
   * @throws SESSION_NOT_FOUND, INVALID_INPUT when the session does not reach the position, SESSION_ALREADY_EXISTS.
   */
  async fork(options: ForkOptions = {}): Promise<SessionManager> {
    const fork = () => forkSession(this.#handle, options);
    return new SessionManager(optionsFor(await this.#handle.runtime.operation(fork)));
  }

  /**
   * The session as lines of text that {@link Pagefold.importSession} restores, with the content that was too large for records where the
   * runtime has the artifact store. That of a fork holds what is its own; it is restored
   * where its origin is.
   * @throws SESSION_NOT_FOUND, STORAGE_ERROR
   */
  async *export(): AsyncGenerator<string> {
    await this.#handle.assertMeant();
    const { runtime, source } = this.#handle;
    yield* exportSession(source, runtime);
  }

  /** Waits until background work on summaries is done, see {@link Pagefold.flush}. @throws INVALID_INPUT, CLOSED, ABORTED, DEADLINE_EXCEEDED */
  async flush(options: WaitOptions = {}): Promise<void> {
    await flushBackground(this.#handle.runtime, options);
  }

  async #values(): Promise<JsonObject> {
    return (await this.#handle.findState())?.values ?? this.#handle.emptyUnlessKnown({});
  }

  /** Returns how many records of the session could not be read. */
  async #remove(
    operation: 'delete' | 'erase',
    options: { readonly children?: ChildrenPolicy | undefined },
    remove: RemoveOne,
  ): Promise<number> {
    const { children = 'detach' } = parseInput(removalSchema, options, 'options');
    const { runtime, key, claim, source } = this.#handle;
    return runtime.operation(async () => {
      const removal = { key, children, claim, operation };
      const life = await this.#lifeOrDamage();
      if ('cause' in life)
        return removeUnreadable(runtime, { ...removal, ...life, lifeId: source.lifeId }, remove);
      await removeSession(runtime, { ...removal, ...life }, remove);
      return 0;
    });
  }

  /** The life of the session, which this manager knows to have been there from here on; or why nobody can read it. */
  async #lifeOrDamage(): Promise<{ readonly lifeId: string } | { readonly cause: unknown }> {
    const { runtime, key } = this.#handle;
    try {
      const state = await this.#handle.findState();
      // What is in memory may have been damaged in the store since.
      if (state !== null) await look(runtime, key);
      if (state !== null) return { lifeId: state.lifeId };
    } catch (cause) {
      if (!isBeyondReading(cause)) throw cause;
      return { cause };
    }
    throw new SessionNotFound({ sessionId: key.sessionId });
  }
}

function setting(name: string, value: unknown): MapChange {
  const set = { [parseInput(idSchema, name, 'name')]: parseJsonValue(value, 'value') };
  return { set, remove: [] };
}

function removing(name: string): MapChange {
  return { set: {}, remove: [parseInput(idSchema, name, 'name')] };
}
