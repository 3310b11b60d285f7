import type { Clock } from '../domain/clock.ts';
import { SessionManagerError, SessionNotFound } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import { encodeSnapshot } from '../store/codec.ts';
import { historyRegressed } from '../store/log-reader.ts';
import type { AppendParams, AppendResult, Store, TimeToLive } from '../store/store.ts';
import { appendUntilKnown, type KnownOutcome } from './append-retry.ts';
import type { Commit } from './commit.ts';
import type { CommitRequest } from './commit-builder.ts';
import { type Announce, announcementOf } from './commit-announcement.ts';
import { absorbCommit, type RecordedCommit } from './commit-absorb.ts';
import { toAppend } from './commit-append.ts';
import { replyTo } from './commit-reply.ts';
import { lostSight, resumeCommit } from './commit-resume.ts';
import { ForkOrigins } from './fork-origins.ts';
import type { IdleEntry, Idling } from './idle-list.ts';
import type { ActorLimits } from './limits.ts';
import { isPassingFault } from './passing-fault.ts';
import { type Ask, fail, type MailboxItem, settle } from './mailbox-item.ts';
import {
  absorbTail,
  type LoadedSession,
  loadSession,
  type Reader,
  refreshSession,
} from './session-loader.ts';

/** What an actor needs from the shard around it. */
export interface ActorHost {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: ActorLimits;
  readonly writer: string;
  readonly timeToLive: TimeToLive;
  /** Is told of each commit before it is made, where somebody outlives this thread. */
  readonly announce?: Announce | undefined;
  /** Grows over all sessions of this writer. */
  nextOperation(): number;
  /** A number in [0, 1) for spreading retries. */
  random(): number;
  /** Runs a load when one of the few places for loads is free. */
  hydrate<T>(load: () => Promise<T>): Promise<T>;
  count(figure: 'commits' | 'commands' | 'conflicts' | 'retries' | 'failedSnapshots'): void;
  /** Decides queued calls. */
  build(request: CommitRequest): Commit;
  /** The actor has something to do, and waits for its turn. */
  onReady(actor: SessionActor): void;
  /** The actor has nothing to do; it may be passivated, or dropped at once when it holds nothing. */
  onIdle(actor: SessionActor): void;
}

/**
 * One session in this process: a mailbox, the folded state as a cache, and at most one store call in flight. Whatever is
 * queued while a commit is under way goes into the next one. Callers hear nothing before their commit is acknowledged.
 */
export class SessionActor implements Idling<SessionActor> {
  readonly key: SessionKey;
  /** See {@link Idling}. */
  idle: IdleEntry<SessionActor> | null = null;
  /** Calls that have not left its mailbox, as the shard counts them. */
  unsettled = 0;
  readonly #host: ActorHost;
  #queue: MailboxItem[] = [];
  #session: LoadedSession | null = null;
  /** The commands of the commit that the store was sent and has not answered. */
  #underway: ReadonlySet<MailboxItem> | null = null;
  #isRunning = false;
  #isStale = false;

  constructor(key: SessionKey, host: ActorHost) {
    this.key = key;
    this.#host = host;
  }

  get isIdle(): boolean {
    return !this.#isRunning;
  }

  get session(): LoadedSession | null {
    return this.#session;
  }

  /** Takes a call; the first one of a tick starts a turn when the tick's other calls have been taken too. */
  enqueue(item: MailboxItem): void {
    this.#queue.push(item);
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#host.onReady(this);
  }

  /** See {@link TurnTaker.queued}. */
  get queued(): number {
    return this.#queue.length;
  }

  /** See {@link TurnTaker.start}. */
  start(): void {
    void this.#run();
  }

  /** Forgets the cached state, at the latest before the next turn; the log has all of it. */
  forget(): void {
    this.#isStale = true;
  }

  /** Writes a snapshot of the cached state when enough came since the last one. */
  saveSnapshot(minEvents: number): void {
    const session = this.#session;
    if (session === null || session.point.version - session.snapshotVersion < minEvents) return;
    this.#session = { ...session, snapshotVersion: session.point.version };
    // Off the append path: losing a snapshot costs time on the next load, never data, so failures are only counted.
    this.#writeSnapshot(session).catch(() => this.#host.count('failedSnapshots'));
  }

  /** Asynchronous from its first line, since a state may be too large to be encoded at all. */
  async #writeSnapshot({ point, state }: LoadedSession): Promise<void> {
    const snapshot = { point, body: encodeSnapshot(state) };
    await this.#host.store.saveSnapshot({ key: this.key, snapshot });
  }

  async #run(): Promise<void> {
    await this.#turn();
    // One turn at a time is what makes this an actor; between two of them others have theirs.
    if (this.#queue.length > 0) return this.#host.onReady(this);
    this.#isRunning = false;
    this.#host.onIdle(this);
  }

  async #turn(): Promise<void> {
    this.#queue = this.#queue.filter((item) => item.phase === 'queued');
    if (this.#isStale) this.#session = null;
    this.#isStale = false;
    const first = this.#queue[0];
    if (first === undefined) return;
    try {
      if (first.ask.type === 'read') await this.#answerReads();
      else if (first.ask.type === 'resume') await this.#resume(first, first.ask);
      else await this.#commitCommands();
    } catch (error) {
      this.#giveUp(error);
    }
  }

  #giveUp(error: unknown): void {
    // Without a load nothing was tried, and whoever waits behind would only wait for the same failure. A commit takes its
    // own commands along, also those whose callers no longer listen.
    const tried = this.#underway ?? new Set(this.#queue);
    this.#underway = null;
    const failed = [...tried].filter((item) => item.phase !== 'settled');
    this.#queue = this.#queue.filter((item) => !tried.has(item));
    for (const item of failed) fail(item, error);
    // What is cached stays true when the store only failed to answer; and when history was lost, the cache is what tells,
    // so it stays until somebody has been told.
    if (failed.length > 0 && !isPassingFault(error)) this.#session = null;
  }

  async #answerReads(): Promise<void> {
    const others = this.#queue.findIndex((item) => item.ask.type !== 'read');
    const reads = others < 0 ? [...this.#queue] : this.#queue.slice(0, others);
    const needsFresh = reads.some(
      (item) => item.ask.type === 'read' && item.ask.freshness === 'fresh',
    );
    await this.#ensureLoaded(needsFresh);
    this.#queue.splice(0, reads.length);
    const state = this.#session?.state ?? null;
    for (const item of reads) {
      const { ask } = item;
      if (ask.type === 'read') settle(item, () => ask.resolve(state));
    }
  }

  /** Before everything that is queued behind it: those calls were made later. */
  async #resume(item: MailboxItem, ask: Extract<Ask, { type: 'resume' }>): Promise<void> {
    this.#underway = new Set([item]);
    item.phase = 'running';
    const { commit, session } = await resumeCommit(this.#host, ask.append);
    this.#session = session;
    this.#underway = null;
    this.#queue = this.#queue.filter((queued) => queued !== item);
    settle(item, () => ask.resolve(commit));
  }

  async #commitCommands(): Promise<void> {
    // Those who asked before the store did may be refused on what it said; for others it may be news of yesterday.
    let covered = await this.#ensureLoaded(false);
    for (let round = 0; round <= this.#host.limits.conflictRounds; round += 1) {
      // In order: each round decides anew on what the one before learned.
      const origins = await this.#forkOrigins();
      this.#queue = this.#queue.filter((item) => item.phase !== 'settled');
      const commit = this.#build(origins, this.#queue);
      if (commit.decided.length === 0) return;
      const doubt = this.#firstDoubt(commit, covered);
      if (doubt === 0 || (doubt > 0 && covered.size === 0)) {
        covered = await this.#ensureLoaded(true);
        continue;
      }
      const sure = doubt > 0 ? this.#build(origins, this.#queue.slice(0, doubt)) : commit;
      if (await this.#commit(sure)) return;
      covered = new Set(sure.decided.map(({ item }) => item));
    }
    this.#failFront('SESSION_CONFLICT', 'Other writers kept winning');
  }

  #build(origins: ForkOrigins, items: readonly MailboxItem[]): Commit {
    return this.#host.build({
      key: this.key,
      base: this.#session?.state ?? null,
      originOf: (fork) => origins.find(fork),
      items,
    });
  }

  /** The first command whose refusal would rest on a state that another process may have changed since; -1 for none. */
  #firstDoubt(commit: Commit, covered: ReadonlySet<MailboxItem>): number {
    if (!this.#host.store.isShared) return -1;
    return commit.decided.findIndex(
      ({ item, decision }) => decision.kind !== 'accepted' && !covered.has(item),
    );
  }

  /** True when the commands are answered; false when they have to be decided again. */
  async #commit(commit: Commit): Promise<boolean> {
    if (commit.records.length === 0) {
      this.#answer(commit, { firstPosition: 0, state: this.#session?.state ?? null });
      return true;
    }
    this.#underway = new Set(commit.decided.map(({ item }) => item));
    for (const item of this.#underway)
      item.phase = item.phase === 'queued' ? 'running' : item.phase;
    const { store, writer, timeToLive } = this.#host;
    const append = toAppend(commit, {
      key: this.key,
      base: this.#session?.state ?? null,
      known: this.#session?.point ?? null,
      write: { writer, operation: this.#host.nextOperation() },
      timeToLive,
    });
    const announced = this.#host.announce?.(announcementOf(commit, append));
    // Without an announcement not even a microtask later.
    if (announced !== undefined) await announced;
    const outcome = await appendUntilKnown(store, append, this.#host);
    return this.#conclude(commit, append, outcome);
  }

  async #conclude(
    commit: Commit,
    append: AppendParams,
    { result, wasDoubtful }: KnownOutcome,
  ): Promise<boolean> {
    switch (result.kind) {
      case 'ok':
      case 'duplicate':
        await this.#absorb(commit, result);
        return true;
      case 'conflict':
        this.#host.count('conflicts');
        this.#requeue(commit);
        await this.#catchUp(result);
        return false;
      case 'gone':
        // A copy may have been recorded before the session went; what was not, never will be, since the session is gone.
        if (result.wasRecorded ?? wasDoubtful) throw lostSight(append, this.#host.store);
        this.#requeue(commit);
        this.#session = null;
        await this.#ensureLoaded(false);
        return false;
      case 'fenced':
        throw new SessionManagerError(`A newer owner holds epoch ${result.epoch}`, {
          code: 'FENCED',
        });
      case 'regressed':
        throw historyRegressed(this.key);
      case 'stale-write':
        throw lostSight(append, this.#host.store);
    }
  }

  async #absorb(commit: Commit, result: RecordedCommit['result']): Promise<void> {
    const session = await absorbCommit(this.#reader(), { commit, session: this.#session, result });
    this.#session = session;
    this.#host.count('commits');
    const { state } = session;
    const shared = state.fork?.position ?? 0;
    this.#answer(commit, { firstPosition: result.firstPosition + shared, state });
    this.saveSnapshot(this.#host.limits.snapshotEvents);
  }

  async #catchUp(result: Extract<AppendResult, { readonly kind: 'conflict' }>): Promise<void> {
    const { tail, point } = result;
    const session = this.#session;
    const version = point.version;
    const state = await absorbTail(this.#reader(), { session, tail, point, version });
    this.#session =
      state === null
        ? null
        : {
            state,
            point,
            expiresAtMs: session?.expiresAtMs ?? null,
            snapshotVersion: session?.snapshotVersion ?? 0,
          };
    await this.#ensureLoaded(false);
  }

  #answer(
    commit: Commit,
    result: { readonly firstPosition: number; readonly state: SessionState | null },
  ): void {
    const answered = new Set(commit.decided.map(({ item }) => item));
    this.#queue = this.#queue.filter((item) => !answered.has(item));
    this.#underway = null;
    for (const { item, decision, firstEvent } of commit.decided) {
      this.#host.count('commands');
      const { ask } = item;
      if (decision.kind === 'rejected') fail(item, decision.error);
      else if (result.state === null)
        fail(item, new SessionNotFound({ sessionId: this.key.sessionId }));
      else if (ask.type === 'command') {
        const reply = replyTo(decision, {
          firstPosition: result.firstPosition + firstEvent,
          state: result.state,
        });
        settle(item, () => ask.resolve(reply));
      }
    }
  }

  #requeue(commit: Commit): void {
    this.#underway = null;
    for (const { item } of commit.decided)
      item.phase = item.phase === 'running' ? 'queued' : item.phase;
  }

  #failFront(code: 'SESSION_CONFLICT', message: string): void {
    const item = this.#queue.shift();
    if (item !== undefined) fail(item, new SessionManagerError(message, { code }));
  }

  /**
   * Loads what is not cached, expired, or (when `mustBeFresh`) possibly behind. Returns whoever was queued when the store
   * was asked; nobody when it was not.
   */
  async #ensureLoaded(mustBeFresh: boolean): Promise<ReadonlySet<MailboxItem>> {
    const session = this.#session;
    const expiresAtMs = session?.expiresAtMs ?? Number.POSITIVE_INFINITY;
    const isExpired = expiresAtMs <= this.#host.clock.nowMs();
    const needsLoad = session === null || isExpired;
    if (!needsLoad && !(mustBeFresh && this.#host.store.isShared)) return NOBODY;
    const queued = new Set(this.#queue);
    this.#session = needsLoad
      ? await this.#host.hydrate(() => loadSession(this.#reader()))
      : await refreshSession(this.#reader(), session);
    return queued;
  }

  /** What the forks begin from that are asked for; who asks for one of something that is not there is refused. */
  async #forkOrigins(): Promise<ForkOrigins> {
    const origins = new ForkOrigins(this.#reader());
    if (this.#session === null) await origins.load(this.#queue);
    return origins;
  }

  #reader(): Reader {
    return { store: this.#host.store, key: this.key };
  }
}

const NOBODY: ReadonlySet<MailboxItem> = new Set();
