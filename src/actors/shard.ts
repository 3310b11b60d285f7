import type { Clock } from '../domain/clock.ts';
import type { Command } from '../domain/command.ts';
import type { DecisionEnvironment } from '../domain/environment.ts';
import { SessionManagerError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { PriceBook } from '../domain/price-book.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { AppendParams, Store, TimeToLive } from '../store/store.ts';
import { activationBytes } from './activation-size.ts';
import { Admission, type ProcessLoad, type Waiting } from './admission.ts';
import { commandLength } from './command-length.ts';
import { CommitBuilder } from './commit-builder.ts';
import type { Announce } from './commit-announcement.ts';
import type { ResumedCommit } from './commit-resume.ts';
import { refuseEarly } from './early-refusal.ts';
import type { CallOptions, Executor, Freshness, FullReply, HostStats } from './envelope.ts';
import { Gate } from './gate.ts';
import { IdleList } from './idle-list.ts';
import type { ActorLimits } from './limits.ts';
import { type Ask, fail, type MailboxItem, watch } from './mailbox-item.ts';
import { type ActorHost, SessionActor } from './session-actor.ts';
import { sharesOf } from './tenant-shares.ts';
import { TurnQueue } from './turn-queue.ts';
import { Waiters } from './waiters.ts';

/** Everything a shard is built from; the composition root supplies it. */
export interface ShardDependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: ActorLimits;
  /** Unique per runtime incarnation. */
  readonly writer: string;
  readonly timeToLive: TimeToLive;
  readonly newId: () => string;
  readonly random: () => number;
  readonly countTokens: DecisionEnvironment['countTokens'];
  readonly isExactFor: DecisionEnvironment['isExactFor'];
  readonly prices: PriceBook;
  /** What waits in this process with what waits here; this shard alone when not given. */
  readonly processLoad?: ProcessLoad | undefined;
  /** Is told of each commit before it is made; nobody when not given. */
  readonly announce?: Announce | undefined;
  /** Milliseconds since anything, with fractions, for how long turns take; the clock's, when not given. */
  readonly elapsedMs?: (() => number) | undefined;
}

type Figure = Parameters<ActorHost['count']>[0];

/** Hosts the actors of a set of sessions: activates them on demand, bounds what waits, passivates what is idle. */
export class Shard implements Executor {
  readonly #deps: ShardDependencies;
  readonly #actors = new Map<string, SessionActor>();
  readonly #idle = new IdleList<SessionActor>();
  readonly #turns: TurnQueue;
  readonly #admission: Admission;
  readonly #gate: Gate;
  readonly #live = new Set<MailboxItem>();
  readonly #figures: Record<Figure, number> = {
    commits: 0,
    commands: 0,
    conflicts: 0,
    retries: 0,
    failedSnapshots: 0,
  };
  readonly #builder: CommitBuilder;
  readonly #host: ActorHost;
  readonly #drained = new Waiters();
  #operation = 0;
  #closing: Promise<void> | null = null;
  #cancelScan: () => void = () => undefined;

  constructor(deps: ShardDependencies) {
    this.#deps = deps;
    this.#admission = new Admission(deps.limits, deps.processLoad);
    this.#builder = new CommitBuilder(deps);
    this.#gate = new Gate(deps.limits.hydrations);
    this.#turns = new TurnQueue(sharesOf(deps.limits), deps.limits.sliceCommands);
    this.#host = this.#createHost();
    this.#scheduleScan();
  }

  /** See {@link Executor.execute}. */
  execute(params: {
    readonly key: SessionKey;
    readonly command: Command;
    readonly options?: CallOptions;
  }): Promise<FullReply> {
    const { key, command, options = {} } = params;
    return new Promise<FullReply>((resolve, reject) => {
      const { lifeId, claim, opening, ticket, wants } = options;
      const meant = { lifeId, claim, opening, ticket, wants };
      this.#enqueue({ key, options, ask: { type: 'command', command, ...meant, resolve }, reject });
    });
  }

  /** See {@link Executor.readState}. */
  readState(params: {
    readonly key: SessionKey;
    readonly freshness: Freshness;
    readonly options?: CallOptions;
  }): Promise<SessionState | null> {
    const { key, freshness, options = {} } = params;
    return new Promise<SessionState | null>((resolve, reject) => {
      this.#enqueue({ key, options, ask: { type: 'read', freshness, resolve }, reject });
    });
  }

  /**
   * Makes a commit that a shard announced which is not there any more, before all calls to the session that come later.
   * @throws UNKNOWN_OUTCOME, FENCED, HISTORY_REGRESSED, OVERLOADED, CLOSED
   */
  resume(append: AppendParams): Promise<ResumedCommit> {
    return new Promise<ResumedCommit>((resolve, reject) => {
      const ask = { type: 'resume', append, resolve } as const;
      this.#enqueue({ key: append.key, options: {}, ask, reject });
    });
  }

  /** See {@link Executor.reserve}. */
  reserve(params: Parameters<Executor['reserve']>[0]): () => void {
    const { key, length, waiting: sessionQueued } = params;
    const { clock } = this.#deps;
    const sinceMs = clock.nowMs();
    const waiting: Waiting = { key, sessionQueued, length };
    this.#admission.admit(waiting);
    return () => this.#admission.release(waiting, clock.nowMs() - sinceMs);
  }

  /** See {@link Executor.forget}. */
  forget(key: SessionKey): void {
    const actor = this.#actors.get(nameOf(key));
    if (actor === undefined) return;
    actor.forget();
    if (actor.isIdle) this.#drop(actor);
  }

  /** See {@link Executor.forgetTenant}. */
  forgetTenant(tenant: string): void {
    for (const { key } of this.#actors.values()) {
      if (key.tenant === tenant) this.forget(key);
    }
  }

  /** See {@link Executor.stats}. */
  stats(): HostStats {
    const { commits, commands, conflicts, retries, failedSnapshots } = this.#figures;
    return {
      activations: this.#actors.size,
      activationBytes: this.#idle.bytes,
      queued: this.#admission.queued,
      commits,
      commands,
      conflicts,
      retries,
      failedSnapshots,
      ...this.#builder.figures(),
    };
  }

  /** See {@link Executor.whenIdle}. */
  whenIdle(): Promise<void> {
    return this.#live.size === 0 ? Promise.resolve() : this.#drained.next();
  }

  /** See {@link Executor.close}. */
  close(params: { readonly deadlineMs: number }): Promise<void> {
    this.#closing ??= this.#drain(params.deadlineMs);
    return this.#closing;
  }

  /** Lets go of what has been idle for too long or does not fit the budget; one step of the background scan. */
  passivateIdle(): void {
    const { limits, clock } = this.#deps;
    const bounds = {
      idleBeforeMs: clock.nowMs() - limits.idleTimeoutMs,
      maxBytes: limits.activationBytes,
    };
    for (let actor = this.#idle.next(bounds); actor !== null; actor = this.#idle.next(bounds)) {
      actor.saveSnapshot(limits.passivationSnapshotEvents);
      this.#drop(actor);
    }
  }

  #enqueue(call: {
    readonly key: SessionKey;
    readonly options: CallOptions;
    readonly ask: Ask;
    readonly reject: (error: unknown) => void;
  }): void {
    const { key, options, ask, reject } = call;
    const { clock } = this.#deps;
    if (this.#closing !== null)
      return reject(new SessionManagerError('The runtime is closed', { code: 'CLOSED' }));
    const refusal = refuseEarly(options, clock.nowMs());
    if (refusal !== null) return reject(refusal);
    const present = this.#actors.get(nameOf(key));
    const sessionQueued = present?.unsettled ?? 0;
    const waiting: Waiting = { key, sessionQueued, length: lengthOf(ask, options) };
    try {
      this.#admission.admit(waiting);
    } catch (error) {
      return reject(error);
    }
    const actor = present ?? this.#activate(key);
    const item = this.#createItem({ ask, reject, actor, waiting });
    const unwatch =
      options.signal || options.deadlineMs !== undefined
        ? watch(item.item, { options, clock })
        : null;
    item.onRelease(unwatch);
    this.#idle.remove(actor);
    actor.enqueue(item.item);
  }

  #createItem(params: {
    readonly ask: Ask;
    readonly reject: (error: unknown) => void;
    readonly actor: SessionActor;
    readonly waiting: Waiting;
  }): { readonly item: MailboxItem; readonly onRelease: (unwatch: (() => void) | null) => void } {
    const { ask, reject, actor, waiting } = params;
    const sinceMs = this.#deps.clock.nowMs();
    let unwatch: (() => void) | null = null;
    actor.unsettled += 1;
    const item: MailboxItem = {
      ask,
      length: waiting.length,
      phase: 'queued',
      reject,
      release: () => {
        unwatch?.();
        this.#live.delete(item);
        actor.unsettled -= 1;
        this.#admission.release(waiting, this.#deps.clock.nowMs() - sinceMs);
        if (this.#live.size === 0) this.#drained.tell();
      },
    };
    this.#live.add(item);
    return {
      item,
      onRelease: (stop) => {
        unwatch = stop;
      },
    };
  }

  #activate(key: SessionKey): SessionActor {
    const actor = new SessionActor(key, this.#host);
    this.#actors.set(nameOf(key), actor);
    return actor;
  }

  #drop(actor: SessionActor): void {
    this.#idle.remove(actor);
    this.#actors.delete(nameOf(actor.key));
  }

  #createHost(): ActorHost {
    const { store, clock, limits, writer, timeToLive, random, announce } = this.#deps;
    return {
      store,
      announce,
      clock,
      limits,
      writer,
      timeToLive,
      nextOperation: () => (this.#operation += 1),
      build: (request) => this.#builder.build(request),
      random,
      hydrate: (load) => this.#gate.run(load),
      count: (figure) => {
        this.#figures[figure] += 1;
      },
      onReady: (actor) => this.#turns.add(actor),
      onIdle: (actor) => this.#settleIdle(actor),
    };
  }

  #settleIdle(actor: SessionActor): void {
    const { session } = actor;
    // An id that led nowhere must not leave anything behind, or asking for random ids would fill the memory.
    if (session === null) return this.#drop(actor);
    this.#idle.add(actor, {
      bytes: activationBytes(session.state),
      nowMs: this.#deps.clock.nowMs(),
    });
    if (this.#idle.bytes > this.#deps.limits.activationBytes) this.passivateIdle();
  }

  #scheduleScan(): void {
    const { clock, limits } = this.#deps;
    const scan = (): void => {
      this.passivateIdle();
      this.#scheduleScan();
    };
    const timer = clock.setTimer(limits.idleScanMs, scan, { isBackground: true });
    this.#cancelScan = () => timer.cancel();
  }

  async #drain(deadlineMs: number): Promise<void> {
    this.#cancelScan();
    if (this.#live.size > 0) await this.#untilDrained(deadlineMs);
    for (const item of this.#live) fail(item, closedError(item));
    for (const actor of this.#actors.values()) {
      if (actor.isIdle) actor.saveSnapshot(this.#deps.limits.passivationSnapshotEvents);
    }
    this.#actors.clear();
  }

  #untilDrained(deadlineMs: number): Promise<void> {
    const { clock } = this.#deps;
    return new Promise<void>((resolve) => {
      const timer = clock.setTimer(Math.max(0, deadlineMs - clock.nowMs()), resolve);
      void this.#drained.next().then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

function closedError(item: MailboxItem): SessionManagerError {
  if (item.phase === 'running') {
    return new SessionManagerError('The runtime closed while the commit was under way', {
      code: 'UNKNOWN_OUTCOME',
    });
  }
  return new SessionManagerError('The runtime closed before the command ran', { code: 'CLOSED' });
}

function lengthOf(ask: Ask, { holds = 0 }: CallOptions): number {
  switch (ask.type) {
    case 'read':
      return holds;
    case 'resume':
      return ask.append.records.reduce((sum, record) => sum + record.length, 0);
    case 'command':
      return commandLength(ask.command, ask.opening);
  }
}

/** Ids hold no control characters, so the separator cannot be forged; cheaper than the encoded key of the store. */
function nameOf(key: SessionKey): string {
  return `${key.tenant}\u0000${key.sessionId}`;
}
