import type { Executor } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import {
  FOLLOW_UP_DELAY_MS,
  linkedParentOf,
  linkParentId,
  listChildId,
  listedChildOf,
} from '../domain/decision.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { Shedding } from '../queue/hold-back.ts';
import type { SummaryJob } from '../queue/summary-job.ts';
import type { Summarize } from '../queue/summary-worker.ts';
import type { OutboxReference, Store } from '../store/store.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import type { BackgroundQueue } from './background-queue.ts';
import {
  isGone,
  isRefused,
  matchChildList,
  type ParentLink,
  readReachable,
  replaceParent,
} from './child-list.ts';
import { Postponement } from './postponement.ts';
import { BackgroundSummaries } from './background-summaries.ts';
import { toSummaryJob } from './summary-jobs.ts';
import { removeOrphan } from './unwritten-fork.ts';
import type { Warn } from './warnings.ts';

/** What follow-up work reads and writes through. */
export interface FollowUpParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly counter: TokenCounter;
  /** Writes summaries of segments whose own summariser is not at hand; null when there is none. */
  readonly summarize: Summarize | null;
  readonly warn: Warn;
  /** Spreads retries, from 0 to 1. */
  readonly random: () => number;
  /** The queue that other processes share; null when there is none. */
  readonly background: BackgroundQueue | null;
  /** When summaries of this process give way to its other work; never, when not given. */
  readonly shedding?: Shedding | undefined;
  defaultModel(): string;
}

const SUMMARISE = /^summarise\/(?:(\d+)-)?(\d+)$/;
const SWEEP_MS = 15_000;
const SWEEP_ENTRIES = 100;
/** A sweep looks at no more pages, so that it comes to an end. */
const SWEEP_PAGES = 100;
/** Refusals that the same work always meets. */
const FINAL_CODES: ReadonlySet<string> = new Set([
  'SESSION_NOT_FOUND',
  'INVALID_SESSION_OPERATION',
]);
/** What this process cannot act on, or has begun, comes back after this time, so that it is not in the way of others. */
const PUT_OFF_MS = 600_000;
/** Of a session whose policy is not known: what the default policy grants all summaries together. */
const SUMMARY_TOKENS = 1000;

/**
 * Work that a commit asked for: better summaries, and the parent's side of a new link. The direct path does it at once;
 * a sweep of the outbox catches what was dropped by a crash or a failure in between.
 */
export class FollowUps {
  readonly #parts: FollowUpParts;
  readonly #summaries: BackgroundSummaries;
  readonly #postponement = new Postponement();
  #cancelSweep: () => void = () => undefined;
  #isClosed = false;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: FollowUpParts) {
    this.#parts = parts;
    this.#summaries = new BackgroundSummaries(parts, () => this.sweep());
    // Of a shared queue, one process at a time is told to sweep.
    if (parts.background === null) this.#scheduleSweep();
  }

  /** Whether somebody writes summaries of sessions that bring nobody along. */
  get writesSummaries(): boolean {
    return this.#summaries.isAnybodyThere;
  }

  /** Asks for a better summary of a segment that just closed, of `summarize` where one is given. */
  requestSummary(job: SummaryJob, summarize: Summarize | null = null): void {
    this.#summaries.request(job, summarize);
  }

  /** Takes calls also when callers are turned away already: for undoing what cannot be finished. */
  get executor(): Executor {
    return this.#parts.executor;
  }

  /** As {@link executor}: takes calls also when callers are turned away already. */
  get store(): Store {
    return this.#parts.store;
  }

  /**
   * Registers a session with its parent, and takes the reminder to do so out of the outbox. A parent that is gone, or does not
   * take the child, is forgotten by it.
   * @throws SESSION_NOT_FOUND when the parent of a fork is gone, and with it the history the fork shares;
   * INVALID_SESSION_OPERATION when the parent has as many children as it may have, or belongs to another user.
   */
  async linkParent(key: SessionKey): Promise<void> {
    const state = await this.#parts.executor.readState({ key, freshness: 'fresh' });
    if (state !== null && state.parentId !== null)
      await this.settleLink({ child: key, parentId: state.parentId });
  }

  /**
   * As {@link matchList}, but a parent that is gone, or does not take the child, is forgotten by it.
   * @throws SESSION_NOT_FOUND, INVALID_SESSION_OPERATION as {@link linkParent}
   */
  async settleLink(link: ParentLink): Promise<void> {
    const { child, parentId } = link;
    const { executor } = this.#parts;
    try {
      await this.matchList(link);
    } catch (error) {
      if (!isGone(error) && !isRefused(error)) throw error;
      const state = await readReachable(executor, child);
      if (state?.fork?.sessionId === parentId) throw error;
      // Of the session that was asked: a fork may take its id meanwhile.
      if (state !== null)
        await replaceParent(executor, child, { from: parentId, to: null, lifeId: state.lifeId });
      await this.matchList(link);
      if (!isGone(error)) throw error;
    }
  }

  /**
   * Makes the list of a parent say what the child says, and takes the reminder to do so out of the outbox; see
   * {@link matchChildList}.
   * @throws SESSION_NOT_FOUND when the child names a parent that is gone, INVALID_SESSION_OPERATION when it names a full one or
   * one of another user.
   */
  async matchList(link: ParentLink): Promise<void> {
    await matchChildList(this.#parts.executor, link);
    await this.#endReminder(link);
  }

  /**
   * Leaves a reminder with the parent of a session that is to go, and whose own reminders go with it: see {@link settleParent}. A
   * parent that is gone needs none.
   */
  async remindParent({ child, parentId }: ParentLink): Promise<void> {
    const { store, clock } = this.#parts;
    const key = { tenant: child.tenant, sessionId: parentId };
    const dueAtMs = clock.nowMs() + FOLLOW_UP_DELAY_MS;
    await store.settleOutbox({ key, id: listChildId(child.sessionId), dueAtMs, mode: 'add' });
  }

  /** As {@link settleLink}, and takes the parent's reminder out of the outbox as well. */
  async settleParent(link: ParentLink): Promise<void> {
    const { child, parentId } = link;
    await this.settleLink(link);
    const key = { tenant: child.tenant, sessionId: parentId };
    const id = listChildId(child.sessionId);
    await this.#parts.store.settleOutbox({ key, id, dueAtMs: null });
  }

  /** As {@link linkParent}; a failure is left to the sweep, since the session itself is recorded already. */
  async tryLinkParent(key: SessionKey): Promise<void> {
    try {
      await this.linkParent(key);
    } catch (error) {
      this.#parts.warn('FOLLOW_UP_FAILED', error, key);
    }
  }

  /** Resolves once all background work known now is done. */
  async whenIdle(): Promise<void> {
    await this.#sweeping;
    await this.#summaries.whenIdle();
  }

  /** One look at the outbox: does what is due and not under way. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#parts;
    const dueBeforeMs = clock.nowMs();
    for (let page = 1; page <= SWEEP_PAGES && !this.#isClosed; page += 1) {
      // In order: an entry that was looked at is settled or due later, so that the next page holds others.
      const due = await store.dueOutbox({ dueBeforeMs, limit: SWEEP_ENTRIES });
      const moved = await Promise.all(due.map((entry) => this.#resume(entry)));
      if (due.length < SWEEP_ENTRIES || moved.includes(false)) return;
    }
  }

  /** Takes no more jobs out of a shared queue, and waits for those that were begun. */
  async leave(): Promise<void> {
    await this.#summaries.leave();
  }

  /** Stops background work; what is left stays in the outbox. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSweep();
    await this.#sweeping;
    await this.#summaries.close();
  }

  #scheduleSweep(): void {
    const { clock, warn } = this.#parts;
    const sweep = (): void => {
      this.#sweeping = this.sweep()
        .catch((error: unknown) => warn('SWEEP_FAILED', error))
        .finally(() => {
          if (!this.#isClosed) this.#scheduleSweep();
        });
    };
    const timer = clock.setTimer(SWEEP_MS, sweep, { isBackground: true });
    this.#cancelSweep = () => timer.cancel();
  }

  /** Returns whether the entry was settled or put off. */
  async #resume(entry: OutboxReference): Promise<boolean> {
    try {
      await this.#resumeWork(entry);
      this.#postponement.succeed(entry);
      return true;
    } catch (error) {
      if (!isFinal(error) || error.code !== 'SESSION_NOT_FOUND')
        this.#parts.warn('FOLLOW_UP_FAILED', error, entry.key);
      // Where nothing is left to do it for, or it never can be done, the entry would come back for ever.
      if (isFinal(error)) return this.#reschedule(entry, null);
      return this.#reschedule(entry, this.#parts.clock.nowMs() + this.#postponement.fail(entry));
    }
  }

  async #reschedule({ key, id }: OutboxReference, dueAtMs: number | null): Promise<boolean> {
    try {
      await this.#parts.store.settleOutbox({ key, id, dueAtMs });
      return true;
    } catch (error) {
      // It stays due, and the next sweep comes back to it.
      this.#parts.warn('FOLLOW_UP_FAILED', error, key);
      return false;
    }
  }

  /** Only a session that its parent does not list then may be a fork whose origin is gone. */
  async #resumeLink(link: ParentLink): Promise<void> {
    if (await this.#isListed(link)) return this.#endReminder(link);
    await removeOrphan(this.#parts, link.child);
    return this.settleLink(link);
  }

  /** Another parent that was named meanwhile has a reminder of its own. */
  async #endReminder({ child, parentId }: ParentLink): Promise<void> {
    const id = linkParentId(parentId);
    await this.#parts.store.settleOutbox({ key: child, id, dueAtMs: null });
  }

  async #isListed(link: ParentLink): Promise<boolean> {
    try {
      return await matchChildList(this.#parts.executor, link);
    } catch (error) {
      if (isGone(error) || isRefused(error)) return false;
      throw error;
    }
  }

  async #resumeWork({ key, id }: OutboxReference): Promise<void> {
    const { store, executor, clock } = this.#parts;
    const parentId = linkedParentOf(id);
    if (parentId !== null) return this.#resumeLink({ child: key, parentId });
    const childId = listedChildOf(id);
    if (childId !== null) {
      const child = { tenant: key.tenant, sessionId: childId };
      return this.settleParent({ child, parentId: key.sessionId });
    }
    // Also what is begun now: should it never end, it comes back then.
    await store.settleOutbox({ key, id, dueAtMs: clock.nowMs() + PUT_OFF_MS });
    const [, first, segment] = SUMMARISE.exec(id) ?? [];
    if (segment === undefined || !this.writesSummaries) return;
    const state = await executor.readState({ key, freshness: 'fresh' });
    if (state === null) return;
    const job = toSummaryJob(state, {
      key,
      segment: Number(segment),
      fromSegment: Number(first ?? segment),
      summaryTokens: SUMMARY_TOKENS,
    });
    // It has left the state, so that no summary can be laid over it any more.
    if (job === null) await store.settleOutbox({ key, id, dueAtMs: null });
    else await this.#summaries.submit(job);
  }
}

/** Whether trying again can never help. */
function isFinal(error: unknown): error is PagefoldError {
  return PagefoldError.isInstance(error) && FINAL_CODES.has(error.code);
}
