import { z } from 'zod';
import { untilDone } from '../runtime/caller-wait.ts';
import { commandLength } from '../actors/command-length.ts';
import type { CallOptions, CommandReply, ReplyWishes } from '../actors/envelope.ts';
import { MAX_DURATION_MS } from '../config/duration.ts';
import type { Command, NewSession, Opening, RecordEvent } from '../domain/command.ts';
import { SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { JsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { MAX_ARCHIVED_LENGTH, MAX_RECORD_LENGTH } from '../domain/record-limit.ts';
import type { SegmentPolicy } from '../domain/segment.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import type { SummaryWish } from '../domain/summary-wish.ts';
import { jobOf } from '../runtime/summary-jobs.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { newUuid } from '../runtime/system.ts';
import type { TimeToLive } from '../store/store.ts';
import { halfDone } from './half-done.ts';
import { incarnationOf } from '../runtime/incarnation.ts';
import { meantOptions } from './meant-options.ts';
import { assertOutlivesForks, outliveForks } from './outliving-forks.ts';
import { requireParent } from './parent-check.ts';
import type { RecordInput } from './record-input.ts';
import { LargeRecords } from './large-records.ts';
import { type RecordReceipt, toReceipt } from './record-receipt.ts';
import type { ParsedSessionOptions } from './session-options.ts';
import type { ReadSource } from './session-reader.ts';
import { SessionWishes } from './session-wishes.ts';
import { StartGate } from './start-gate.ts';
import { callOptions, type ExecuteOptions } from './wait.ts';

const ttlSchema = z.number().int().nonnegative().max(MAX_DURATION_MS).nullable();
/** A command that is there for what it brings along. */
const NO_CHANGE: Command = { type: 'change-properties', change: { set: {}, remove: [] } };

/**
 * One session as one caller sees it: finds out with the first write whether the session exists, creates it if not, and
 * from then on insists that it does, so that a deletion elsewhere is final. Calls reach the session in the order in which
 * they were made.
 */
export class SessionHandle {
  readonly options: ParsedSessionOptions;
  readonly key: SessionKey;
  readonly #openRuntime: () => Runtime;
  readonly #start: StartGate;
  readonly #large: LargeRecords;
  readonly #wishes: SessionWishes;
  #summarize: Summarize | null;
  /** The environment may have to be asked, which takes longer than most of a call. */
  readonly #modelOf = (): string => this.model;

  constructor(options: ParsedSessionOptions, openRuntime: () => Runtime) {
    this.options = options;
    this.key = { tenant: options.tenant, sessionId: options.sessionId ?? newUuid() };
    this.#openRuntime = openRuntime;
    this.#start = new StartGate(
      (length) => this.#begin(length),
      (call) => this.runtime.executor.reserve({ key: this.key, ...call }),
    );
    this.#large = new LargeRecords({
      key: this.key,
      // What no record can hold goes there in any case.
      maxLength: Math.min(options.memory.artifactBytes, MAX_RECORD_LENGTH),
      runtime: () => this.runtime,
    });
    this.#wishes = new SessionWishes(options);
    this.#summarize = options.summarize;
  }

  get runtime(): Runtime {
    return this.#openRuntime();
  }

  /** What the options say about whose session it is; null when they say nothing. */
  get claim(): JsonObject | null {
    return this.#wishes.claim;
  }

  /** True until the session is known to have existed before. */
  get isNew(): boolean {
    return this.#wishes.isNew;
  }

  /** Where the log is read; another session that took the id of the one that this caller knows is not found there. */
  get source(): ReadSource {
    return { store: this.runtime.store, key: this.key, lifeId: this.#wishes.lifeId };
  }

  /** The system prompt as far as it is known here. */
  get systemPrompt(): string | null {
    return this.#wishes.systemPrompt;
  }

  /** The model for counting where a call names none. */
  get model(): string {
    return this.options.model ?? this.runtime.defaultModel();
  }

  /** Segment policy with the wish for a better summary when somebody can write one. */
  get policy(): SegmentPolicy | null {
    const { policy } = this.options;
    if (policy === null) return null;
    const requestSummary = this.#summarize !== null || this.runtime.followUps.writesSummaries;
    return { ...policy, requestSummary };
  }

  get summarize(): Summarize | null {
    return this.#summarize ?? this.runtime.summarize;
  }

  set summarize(summarize: Summarize | null) {
    this.#summarize = summarize;
  }

  /**
   * The session as it is now, as this caller sees it: with its own prompt and properties, stored already or not. Null when
   * there is none. Never creates one.
   */
  async findState(options: CallOptions = {}): Promise<SessionState | null> {
    // Behind the calls that were made before it, also those that still wait for the session to be looked up.
    const state = this.#start.isOpening
      ? await this.#inTurn(options, () => this.#readState(options))
      : await this.#readState(options);
    return state === null ? null : this.#wishes.overlay(state);
  }

  /**
   * As {@link findState} where there has to be one.
   * @throws SESSION_NOT_FOUND
   */
  async requireState(options: CallOptions = {}): Promise<SessionState> {
    const state = await this.findState(options);
    if (state === null) throw new SessionNotFound({ sessionId: this.key.sessionId });
    return state;
  }

  /**
   * Refuses a session that is not the one that is meant, for calls that do not look at its state anyway: one that belongs to
   * somebody else than the options say, or that took the id of the one that this caller knows. Waits behind calls that were made
   * before it and have not reached the session yet.
   * @throws INVALID_SESSION_OPERATION, SESSION_NOT_FOUND
   */
  async assertMeant(): Promise<void> {
    const { claim, isKnown } = this.#wishes;
    if (this.#start.isOpening || claim !== null || isKnown) await this.requireState();
  }

  /**
   * The answer to a question about a session that is not there: emptiness before its first write.
   * @throws SESSION_NOT_FOUND when it was there.
   */
  emptyUnlessKnown<T>(empty: T): T {
    if (this.#wishes.isKnown) throw new SessionNotFound({ sessionId: this.key.sessionId });
    return empty;
  }

  /** Runs a command on the session, which is created first when it is new. */
  async execute(command: Command, wait: ExecuteOptions = {}): Promise<CommandReply> {
    const options = callOptions(wait, this.runtime.clock);
    const task = async (): Promise<CommandReply> => {
      const send = () => this.#send(command, options, this.#open(this.#newSession()));
      const reply = await this.#wishes.replacing(command, send);
      await this.#afterCommit(reply, options);
      return reply;
    };
    return this.#inTurn(options, task, () => commandLength(command));
  }

  /**
   * Runs a command on a session that is there.
   * @throws SESSION_NOT_FOUND
   */
  async executeExisting(command: Command, options: CallOptions = {}): Promise<CommandReply> {
    const task = (): Promise<CommandReply> => this.#send(command, options, this.#open());
    return this.#inTurn(options, task, () => commandLength(command));
  }

  /** Records an event, and creates the session with it when it is new. */
  async record(input: RecordInput): Promise<RecordReceipt> {
    return toReceipt(this.key.sessionId, await this.recordWithReply(input));
  }

  /** As {@link record}, telling what is asked for. */
  async recordWithReply(input: RecordInput, wants: ReplyWishes = {}): Promise<CommandReply> {
    return this.#large.run(input, (ready) => this.#record(ready, wants));
  }

  /** Longest content of one event, in UTF-16 units; the limit of records where it is not given. */
  get maxLength(): number | undefined {
    return this.runtime.archive === null ? undefined : MAX_ARCHIVED_LENGTH;
  }

  async #record(input: RecordInput, wants: ReplyWishes): Promise<CommandReply> {
    const { signal, timeoutMs } = input.wait;
    const options = callOptions({ signal, timeoutMs, wants }, this.runtime.clock);
    const task = async (): Promise<CommandReply> => {
      const reply = await this.#send(this.#recording(input), options, this.#open());
      await this.#afterCommit(reply, options);
      return reply;
    };
    return this.#inTurn(options, task, () => commandLength(this.#recording(input)));
  }

  /** As {@link record} for a question and its answer, both or neither. */
  async recordTurn(question: RecordInput, answer: RecordInput): Promise<void> {
    const turn = (): Command => ({
      type: 'record-turn',
      question: this.#recording(question),
      answer: { ...this.#recording(answer), create: null },
    });
    const task = async (): Promise<void> => {
      await this.#afterCommit(await this.#send(turn(), {}, this.#open()));
    };
    await this.#inTurn({}, task, () => commandLength(turn()));
  }

  #recording({ event, idempotencyKey, sent }: RecordInput): RecordEvent {
    return {
      type: 'record-event',
      event: { ...event, model: event.model ?? this.model },
      policy: this.policy,
      create: this.#newSession(),
      idempotencyKey,
      sent,
    };
  }

  /** Sets the system prompt, and creates the session with it when it is new. */
  async setSystemPrompt(systemPrompt: string | null): Promise<void> {
    const task = async (): Promise<void> => {
      const create = this.#newSession();
      const { model } = this;
      const command = { type: 'set-system-prompt', systemPrompt, model, create } as const;
      const options = { wants: { systemPrompt: true } };
      const send = () => this.#send(command, options, this.#open());
      const reply = await this.#wishes.replacing(command, send);
      await this.#afterCommit(reply);
    };
    await this.#inTurn({}, task, () => systemPrompt?.length ?? 0);
  }

  /**
   * Closes the open segment.
   * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when it holds no message.
   */
  async closeSegment(policy: SegmentPolicy): Promise<void> {
    const reply = await this.executeExisting({ type: 'close-segment', policy, model: this.model });
    await this.#afterCommit(reply);
  }

  /**
   * Changes when the session expires.
   * @throws INVALID_INPUT, SESSION_NOT_FOUND, INVALID_SESSION_OPERATION when it has forks and would
   * expire earlier than it does now.
   */
  async setTimeToLive(slidingMs: number | null): Promise<void> {
    const timeToLive = { slidingMs: parseInput(ttlSchema, slidingMs, 'slidingMs') };
    await this.#inTurn({}, async () => {
      // Behind the writes that were made before it.
      const state = await this.requireState();
      const incarnation = await incarnationOf(this.runtime.store, this.key, state.lifeId);
      await assertOutlivesForks(this.runtime, state, timeToLive.slidingMs);
      await this.runtime.leases.renewFor(state, timeToLive.slidingMs);
      await this.#limitLife(timeToLive, incarnation).catch((error: unknown) => {
        // The sessions that its history comes from live longer already.
        throw state.fork === null ? error : halfDone('setTimeToLive', error);
      });
      this.runtime.executor.forget(this.key);
      // A fork may have been made since the look at them.
      await outliveForks(this.runtime, state).catch((error: unknown) => {
        throw halfDone('setTimeToLive', error);
      });
    });
  }

  /** Of the session that was looked at, and of none that took its id since. */
  async #limitLife(timeToLive: Partial<TimeToLive>, incarnation: string | null): Promise<void> {
    const { key, runtime } = this;
    const isSet =
      incarnation !== null && (await runtime.store.setTimeToLive({ key, timeToLive, incarnation }));
    if (!isSet) throw new SessionNotFound({ sessionId: key.sessionId });
  }

  /** Runs a task behind the calls that were made before it; `length` is that of the content that waits with it. */
  #inTurn<T>(
    options: CallOptions,
    task: () => Promise<T>,
    length: () => number = () => 0,
  ): Promise<T> {
    const { runtime } = this;
    const { clock } = runtime;
    const run = (): Promise<T> => this.#start.run(task, { options, clock, length });
    return this.#start.isOpen ? run() : runtime.track(run);
  }

  async #send(command: Command, options: CallOptions, opening: Opening): Promise<CommandReply> {
    const { runtime, key } = this;
    const { lifeId, claim } = this.#wishes;
    const meant = meantOptions(options, { claim, opening, lifeId });
    const reply = await runtime.executor
      .execute({ key, command, options: meant })
      .catch((error: unknown) => {
        this.#wishes.settle(opening, null);
        throw error;
      });
    // A repeated call records nothing, so neither what it was to bring.
    this.#wishes.settle(opening, reply.kind === 'repeated' ? null : reply);
    return reply;
  }

  /** What the next command brings along. */
  #open(create: NewSession | null = null): Opening {
    return this.#wishes.open(create, this.#modelOf);
  }

  /** Finds out whether the session exists and has what the options name. */
  async #begin(length: number): Promise<void> {
    const state = await this.#readState({ holds: length });
    if (state !== null) {
      this.#wishes.meetIn(state);
      return;
    }
    const { parentId, properties } = this.options;
    if (parentId !== null)
      await requireParent(this.runtime, { key: this.key, properties }, parentId);
  }

  async #readState(options: CallOptions = {}): Promise<SessionState | null> {
    const asked = { key: this.key, freshness: 'fresh', options } as const;
    const state = await this.runtime.executor.readState(asked);
    if (state === null || !this.#wishes.isMeant(state)) return null;
    this.#wishes.assertOwner(state);
    this.#wishes.learn(state);
    return state;
  }

  /** Waits for work that a commit leaves, which never fails, but no longer than the caller does: what is recorded is recorded. */
  async #follow(options: CallOptions, work: () => Promise<void>): Promise<void> {
    const { clock } = this.runtime;
    await untilDone(this.runtime.track(work), { options, clock });
  }

  /** What is left to do once a commit is recorded; never fails, since the commit is. */
  async #afterCommit(reply: CommandReply, options: CallOptions = {}): Promise<void> {
    const created = reply.kind === 'committed' ? reply.created : null;
    if (created !== null) this.#wishes.noteCreated(reply);
    this.#wishes.learnFrom(reply);
    const summarised = reply.kind === 'committed' ? reply.summarised : [];
    for (const wish of summarised) this.#requestSummary(reply.lifeId, wish);
    if (created !== null && created.parentId !== null)
      await this.#follow(options, () => this.runtime.followUps.tryLinkParent(this.key));
    if (this.#wishes.isWanting) await this.#follow(options, () => this.#afterLostRace());
  }

  /** Brings what the options name to a session that got another command of this caller without them. */
  async #afterLostRace(): Promise<void> {
    try {
      // Decided on the session as it is by then, of which others, this caller too, may have changed what the options name.
      await this.#send(NO_CHANGE, {}, this.#open());
    } catch (error) {
      // Still not merged, so the next commit tries again.
      this.runtime.warn('MERGE_FAILED', error, this.key);
    }
  }

  #requestSummary(lifeId: string, wish: SummaryWish): void {
    const { policy, key } = this;
    if (policy?.requestSummary !== true) return;
    const job = jobOf(wish, { key, lifeId, summaryTokens: policy.summaryTokens });
    this.runtime.followUps.requestSummary(job, this.#summarize);
  }

  /** Null for a session that is known to be there. */
  #newSession(): NewSession | null {
    return this.#wishes.isKnown ? null : this.#wishes.newSession(this.model);
  }
}
