import type { Executor } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import { LINK_PARENT, summariseId } from '../domain/decision.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import { acceptSummary } from '../memory/summary-request.ts';
import {
  type SegmentContent,
  type Summarize,
  type SummaryJob,
  SummaryWorker,
} from '../queue/summary-worker.ts';
import type { OutboxReference, Store } from '../store/store.ts';
import type { TokenCounter } from '../tokens/token-counter.ts';
import { readSegmentMessages } from './segment-messages.ts';
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
  defaultModel(): string;
}

const SUMMARISE = /^summarise\/(\d+)$/;
const SWEEP_MS = 15_000;
const SWEEP_ENTRIES = 100;
/** A reminder that this process cannot act on comes back after this time, so that it is not in the way of others. */
const PUT_OFF_MS = 600_000;
/** Largest summary of a segment whose policy is not known: what the default policy grants all summaries together. */
const MAX_SUMMARY_TOKENS = 1000;

/**
 * Work that a commit asked for: better summaries, and the parent's side of a new link. The direct path does it at once;
 * a sweep of the outbox catches what was dropped by a crash or a failure in between.
 */
export class FollowUps {
  readonly #parts: FollowUpParts;
  readonly #worker: SummaryWorker;
  #cancelSweep: () => void = () => undefined;
  #isClosed = false;
  #sweeping: Promise<void> = Promise.resolve();

  constructor(parts: FollowUpParts) {
    this.#parts = parts;
    this.#worker = new SummaryWorker({
      clock: parts.clock,
      loadSegment: (job) => this.#loadSegment(job),
      refuse: (job, summary) => this.#refuse(job, summary),
      apply: (job, text) => this.#apply(job, text),
      giveUp: (job, reason) => this.#giveUp(job, reason),
    });
    this.#scheduleSweep();
  }

  /** Asks for a better summary of a segment that just closed. */
  requestSummary(job: SummaryJob): void {
    this.#worker.submit(job);
  }

  /**
   * Registers a session with its parent, and takes the reminder to do so out of the outbox. A parent that is gone is
   * forgotten by its child.
   * @throws SESSION_NOT_FOUND when the parent of a fork is gone, and with it the history the fork shares.
   */
  async linkParent(key: SessionKey): Promise<void> {
    const { executor, store } = this.#parts;
    const state = await executor.readState({ key, freshness: 'fresh' });
    if (state !== null && state.parentId !== null) await this.#link(state, state.parentId);
    await store.settleOutbox({ key, id: LINK_PARENT, dueAtMs: null });
  }

  /** As {@link linkParent}; a failure is left to the sweep, since the session itself is recorded already. */
  async tryLinkParent(key: SessionKey): Promise<void> {
    try {
      await this.linkParent(key);
    } catch (error) {
      this.#parts.warn('FOLLOW_UP_FAILED', error);
    }
  }

  /** Resolves once all background work known now is done. */
  async whenIdle(): Promise<void> {
    await this.#sweeping;
    await this.#worker.whenIdle();
  }

  /** One look at the outbox: does what is due and not under way. */
  async sweep(): Promise<void> {
    const { store, clock } = this.#parts;
    const due = await store.dueOutbox({ dueBeforeMs: clock.nowMs(), limit: SWEEP_ENTRIES });
    await Promise.all(due.map((entry) => this.#resume(entry)));
  }

  /** Stops background work; what is left stays in the outbox. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelSweep();
    await this.#sweeping;
    await this.#worker.close();
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

  async #resume(entry: OutboxReference): Promise<void> {
    try {
      await this.#resumeWork(entry);
    } catch (error) {
      if (isNotFound(error)) {
        // Nothing is left to do it for; the entry would come back for ever.
        await this.#parts.store.settleOutbox({ key: entry.key, id: entry.id, dueAtMs: null });
        return;
      }
      this.#parts.warn('FOLLOW_UP_FAILED', error);
    }
  }

  async #resumeWork({ key, id }: OutboxReference): Promise<void> {
    const { store, clock, summarize } = this.#parts;
    if (id === LINK_PARENT) return this.linkParent(key);
    const segment = SUMMARISE.exec(id)?.[1];
    if (segment === undefined || summarize === null) {
      await store.settleOutbox({ key, id, dueAtMs: clock.nowMs() + PUT_OFF_MS });
      return;
    }
    const maxTokens = MAX_SUMMARY_TOKENS;
    this.#worker.submit({ key, segment: Number(segment), summarize, maxTokens });
  }

  async #link(child: SessionState, parentId: string): Promise<void> {
    const { executor } = this.#parts;
    const { tenant, sessionId: childId } = child;
    const isFork = child.fork?.sessionId === parentId;
    try {
      await executor.execute({
        key: { tenant, sessionId: parentId },
        command: { type: 'link-child', childId, isFork },
      });
    } catch (error) {
      if (isFork || !isNotFound(error)) throw error;
      await executor.execute({
        key: { tenant, sessionId: childId },
        command: { type: 'set-parent', parentId: null },
      });
    }
  }

  async #loadSegment(job: SummaryJob): Promise<SegmentContent | null> {
    const content = await readSegmentMessages(this.#parts, job);
    if (content === null) await this.#settle(job);
    return content;
  }

  #refuse(
    job: SummaryJob,
    summary: { readonly text: unknown; readonly sourceTokens: number },
  ): string | null {
    const { counter } = this.#parts;
    const model = this.#parts.defaultModel();
    const verdict = acceptSummary(summary.text, {
      sourceTokens: summary.sourceTokens,
      maxTokens: job.maxTokens,
      countTokens: (text) => counter.countText(text, model),
    });
    return verdict.kind === 'accepted' ? null : verdict.reason;
  }

  async #apply(job: SummaryJob, text: string): Promise<void> {
    const model = this.#parts.defaultModel();
    await this.#parts.executor.execute({
      key: job.key,
      command: { type: 'apply-summary', segment: job.segment, text, model },
    });
  }

  async #giveUp(job: SummaryJob, reason: string): Promise<void> {
    const text = `segment ${job.segment} keeps its extractive summary: ${reason}`;
    this.#parts.warn('SUMMARY_FAILED', new Error(text));
    await this.#settle(job);
  }

  async #settle({ key, segment }: SummaryJob): Promise<void> {
    await this.#parts.store.settleOutbox({ key, id: summariseId(segment), dueAtMs: null });
  }
}

function isNotFound(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'SESSION_NOT_FOUND';
}
