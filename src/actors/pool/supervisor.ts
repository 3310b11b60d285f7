import type { Clock, Timer } from '../../domain/clock.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SessionState } from '../../domain/session-state.ts';
import type { CommandReply, WorkerStats } from '../envelope.ts';
import { decodeRecords } from '../../store/codec.ts';
import type { AppendResult } from '../../store/store.ts';
import type { CallBook } from './call-book.ts';
import { type AnnouncedAppend, isAsExpected } from './packed-append.ts';
import { failureOf, type PendingCall } from './pending-call.ts';
import { lostCommitError, poisonError, unavailableError } from './pool-errors.ts';
import { type PoolEvents, publish } from './pool-events.ts';
import type { PoolLimits } from './pool-limits.ts';
import { Quarantine } from './quarantine.ts';
import { Replay, type ReplayUnit } from './replay.ts';
import { RestartPolicy } from './restart-policy.ts';
import { ShardTally } from './shard-tally.ts';
import type { ErrorMemory } from './wire-error.ts';
import type { StoreAnswer, StoreCall, ToMain, ToWorker } from './wire.ts';
import type { WorkerEnd } from './worker-end.ts';
import type { LifeListener, WorkerLife } from './worker-life.ts';
import type { WorkerStarts } from './worker-starts.ts';

/** What watching over a worker needs. */
export interface SupervisorParts {
  readonly clock: Clock;
  /** Which of the workers it is, counting from 0. */
  readonly worker: number;
  readonly pool: PoolLimits;
  /** Starts a worker. */
  readonly start: (listener: LifeListener) => WorkerLife;
  /** Errors of the store in this thread. */
  readonly errors: ErrorMemory;
  /** Answers a call of the worker to the store; never fails. */
  readonly answerStore: (call: StoreCall) => Promise<StoreAnswer>;
  readonly warn: (code: string, message: string) => void;
  /** Of all workers of the pool. */
  readonly starts: WorkerStarts;
  /** A thread is not there any more that counted tokens under this number. */
  readonly onEnd: (owner: number) => void;
}

/**
 * Keeps the worker of a shard running: starts it again when it ends, finds out what became of the calls that were with it, and
 * gives it no rest too short and no session that ends it again and again.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #book: CallBook;
  readonly #policy: RestartPolicy;
  readonly #quarantine: Quarantine;
  readonly #tally = new ShardTally();
  #life: WorkerLife | null = null;
  #lifeNumber = 0;
  #owner: number | null = null;
  /** Only then are calls sent as they come; else they wait. */
  #isRunning = false;
  #replay: Replay | null = null;
  #isStrict = false;
  #restUntilMs = 0;
  /** How the life before ended; null when it was meant to. */
  #lastError: Error | null = null;
  #restart: Timer | null = null;
  #onClosed: (() => void) | null = null;

  constructor(book: CallBook, parts: SupervisorParts) {
    const { pool } = parts;
    this.#parts = parts;
    this.#book = book;
    this.#policy = new RestartPolicy(pool.restart);
    this.#quarantine = new Quarantine(pool.quarantineMs);
    this.#begin();
  }

  /** Why calls to a session are refused at the moment; null when they are not. */
  refusal(key: SessionKey): Error | null {
    const nowMs = this.#parts.clock.nowMs();
    if (this.#restUntilMs > nowMs)
      return unavailableError(this.#restUntilMs - nowMs, this.#lastError);
    return this.#quarantine.holds(key, nowMs) ? poisonError(key) : null;
  }

  /** Sends a call, or keeps it until there is a worker that takes it. */
  send(call: PendingCall): void {
    if (!this.#isRunning) return;
    call.phase = 'sent';
    call.life = this.#lifeNumber;
    const { message, length } = call;
    this.#life?.sender.pushCall(message, { tenant: message.key.tenant, length });
  }

  /** Tells the worker something, if there is one: what it does not know it need not be told of. */
  tell(message: ToWorker): void {
    this.#life?.sender.push(message);
  }

  /** Takes a call back that has not reached the worker; false when it may have. */
  withdraw({ message }: PendingCall): boolean {
    return this.#life?.sender.withdraw(message) === true;
  }

  /** Whether a call is with the worker that there is now. */
  isWithWorker(call: PendingCall): boolean {
    return this.#life !== null && call.life === this.#lifeNumber;
  }

  /** Figures about the worker, its earlier lives included. */
  figures(queued: number): WorkerStats {
    return this.#tally.figures({ queued, life: this.#life?.vitals ?? null });
  }

  /** Looks whether the worker is alive; to be called once a heartbeat. */
  check(): void {
    this.#life?.check();
  }

  /** Has the worker finish what it has until the deadline; resolves when it is done, or gone. */
  closeWorker(deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const isUp = this.#isRunning || this.#replay !== null;
      if (!isUp) return resolve();
      this.#onClosed = resolve;
      this.#life?.sender.pushLast({ kind: 'close', deadlineMs });
    });
  }

  /** Ends the worker for good. */
  stop(): void {
    this.#onClosed ??= () => undefined;
    this.#restart?.cancel();
    this.#life?.kill();
  }

  #begin(): void {
    this.#restUntilMs = 0;
    this.#lifeNumber += 1;
    const life = this.#parts.start({
      hear: (message) => this.#hear(message),
      hearCommit: (commit) => this.#hearCommit(commit),
      hearConfirmed: (id) => this.#confirm(id),
      onEnd: (why) => void this.#end(why),
    });
    this.#life = life;
  }

  #hear(message: ToMain): void {
    switch (message.kind) {
      case 'ready':
        this.#owner = message.owner;
        this.#parts.starts.started(this.#parts.worker);
        this.#publish('pagefold:worker-started', { restarts: this.#lifeNumber - 1 });
        return void this.#repeat();
      case 'reply':
        return this.#settle(message.id, message.reply);
      case 'state':
        return this.#settle(message.id, message.state);
      case 'resumed':
        return this.#replay?.resumed(message.id, message.commit);
      case 'failure': {
        const call = this.#book.find(message.id);
        const { errors } = this.#parts;
        if (call !== undefined)
          return this.#book.fail(call, failureOf(call, message.error, errors));
        return this.#replay?.failed(message.id, message.error);
      }
      case 'store-call':
        return void this.#answer(message);
      case 'warning':
        return this.#parts.warn(message.code, message.message);
      case 'closed':
        return this.#onClosed?.();
    }
  }

  #hearCommit(commit: AnnouncedAppend): void {
    for (const { ticket } of commit.calls) {
      const call = this.#book.find(ticket);
      if (call !== undefined) call.announcement = commit;
    }
    if (commit.call > 0) void this.#append(commit);
  }

  /** Makes a commit of the worker, and tells its callers: the worker hears of it, but need not say anything. */
  async #append(commit: AnnouncedAppend): Promise<void> {
    const life = this.#life;
    const { call, append } = commit;
    const request = { kind: 'store-call', call, method: 'append', params: append } as const;
    const answer = await this.#parts.answerStore(request);
    // What a store answers to an append.
    const result = answer.kind === 'store-value' ? (answer.value as AppendResult) : null;
    const isExpected = result !== null && isAsExpected(append, result);
    // Also when the worker ended meanwhile: what is in the log is in the log.
    if (isExpected) this.#tellCallers(commit);
    // The next life numbers its calls anew.
    if (life !== this.#life) return;
    life?.sender.push(isExpected ? { kind: 'recorded', call, result } : answer);
  }

  #tellCallers({ calls }: AnnouncedAppend): void {
    const told = calls.filter(({ reply }) => reply !== null);
    this.#tally.noteMade(told.length);
    for (const { ticket } of told) this.#confirm(ticket);
  }

  /** A call came to what was expected when its commit was announced. */
  #confirm(id: number): void {
    const call = this.#book.find(id);
    const part = call?.announcement?.calls.find(({ ticket }) => ticket === id);
    if (call === undefined || !call.announcement || !part || part.reply === null) return;
    const { append } = call.announcement;
    const { reply, wantsEvents, firstRecord, records } = part;
    if (!wantsEvents) return this.#book.settle(call, reply);
    const texts = append.records.slice(firstRecord, firstRecord + records);
    this.#book.settle(call, { ...reply, events: decodeRecords(texts, reply.firstPosition) });
  }

  #settle(id: number, value: CommandReply | SessionState | null): void {
    const call = this.#book.find(id);
    if (call !== undefined) this.#book.settle(call, value);
  }

  async #answer(request: StoreCall): Promise<void> {
    const life = this.#life;
    const answer = await this.#parts.answerStore(request);
    // The next life numbers its calls anew.
    if (life === this.#life) life?.sender.push(answer);
  }

  /** What was with the worker before comes first, then whatever has been waiting. */
  async #repeat(): Promise<void> {
    const { clock, pool, errors } = this.#parts;
    const replay = new Replay({
      errors,
      book: this.#book,
      clock,
      waitMs: this.#isStrict ? null : pool.replayWaitMs,
      send: (calls, message) => {
        for (const call of calls) call.life = this.#lifeNumber;
        this.#life?.sender.push(message);
      },
    });
    this.#replay = replay;
    if (!(await replay.run())) return;
    this.#isStrict = false;
    this.#isRunning = true;
    for (const call of this.#book.all()) if (call.phase === 'waiting') this.send(call);
  }

  async #end(why: Promise<WorkerEnd>): Promise<void> {
    const alone = this.#isRunning ? null : (this.#replay?.alone ?? null);
    if (this.#life !== null) this.#tally.endLife(this.#life.vitals);
    this.#isStrict = this.#replay !== null && !this.#isRunning;
    this.#replay?.stop();
    this.#replay = null;
    this.#life = null;
    this.#isRunning = false;
    if (this.#owner !== null) this.#parts.onEnd(this.#owner);
    this.#owner = null;
    const calls = this.#countDeaths();
    this.#tellEnd(await why, calls);
    if (alone !== null) this.#convict(alone);
    if (this.#onClosed !== null) return this.#onClosed();
    const { clock } = this.#parts;
    const pauseMs = this.#pauseMs(clock.nowMs());
    this.#restart = clock.setTimer(pauseMs, () => this.#begin(), { isBackground: true });
  }

  #tellEnd(end: WorkerEnd, calls: number): void {
    const { reason, error } = end;
    this.#lastError = error;
    this.#parts.starts.ended(this.#parts.worker, end);
    this.#publish('pagefold:worker-ended', { calls, reason, error: error?.message ?? null });
  }

  /** Returns how many calls were with the worker. */
  #countDeaths(): number {
    let calls = 0;
    for (const call of this.#book.all()) {
      if (call.phase !== 'sent' || call.life !== this.#lifeNumber) continue;
      call.deaths += 1;
      calls += 1;
    }
    return calls;
  }

  #publish<Name extends keyof PoolEvents>(
    name: Name,
    event: Omit<PoolEvents[Name], 'worker'>,
  ): void {
    // The same event with the worker in it.
    publish(name, { worker: this.#parts.worker, ...event } as PoolEvents[Name]);
  }

  #pauseMs(nowMs: number): number {
    const verdict = this.#policy.judge(nowMs);
    if (verdict.kind === 'restart') return verdict.pauseMs;
    this.#rest(verdict.restMs);
    return verdict.restMs;
  }

  /** It was alone with the worker when that ended, and had been with another one that ended. */
  #convict({ calls, announcement }: ReplayUnit): void {
    for (const call of calls) {
      const { key } = call.message;
      const isKnown = call.announcement === announcement;
      // One that has announced a commit since is asked about first.
      if (call.deaths < 2 || !isKnown) continue;
      this.#quarantine.add(key, this.#parts.clock.nowMs());
      this.#publish('pagefold:session-quarantined', { key });
      const poison = poisonError(key);
      this.#book.fail(call, announcement === null ? poison : lostCommitError(poison));
    }
  }

  /** The worker ends again and again: nobody waits for it. */
  #rest(restMs: number): void {
    this.#restUntilMs = this.#parts.clock.nowMs() + restMs;
    this.#publish('pagefold:worker-resting', { restMs });
    const unavailable = unavailableError(restMs, this.#lastError);
    for (const call of this.#book.all())
      this.#book.fail(
        call,
        call.announcement === null ? unavailable : lostCommitError(unavailable),
      );
  }
}
