import { decodeRecords } from '../../store/codec.ts';
import type { Clock } from '../../domain/clock.ts';
import type { AnnouncedCall, Announcement } from '../commit-announcement.ts';
import { receiptOf } from '../commit-reply.ts';
import type { ResumedCommit } from '../commit-resume.ts';
import { PagefoldError } from '../../domain/errors.ts';
import type { CallBook } from './call-book.ts';
import { failureOf, type PendingCall } from './pending-call.ts';
import { lostCommitError } from './pool-errors.ts';
import type { ErrorMemory, WireError } from './wire-error.ts';
import type { ToWorker } from './wire.ts';

/** What is repeated as one: a call, or all the calls of a commit that was announced. */
export interface ReplayUnit {
  readonly calls: readonly PendingCall[];
  readonly announcement: Announcement | null;
}

/** Where calls are repeated. */
export interface ReplayHost {
  readonly book: CallBook;
  readonly clock: Clock;
  readonly errors: ErrorMemory;
  /** How long one is waited for before the next one is repeated beside it; null for as long as it takes. */
  readonly waitMs: number | null;
  send(calls: readonly PendingCall[], message: ToWorker): void;
}

/**
 * Repeats the calls that were with a worker when it ended, one by one, so that the next end has one culprit. What had been
 * announced is asked about under its own write; the rest was recorded nowhere, and is simply made again.
 */
export class Replay {
  readonly #host: ReplayHost;
  readonly #units: ReplayUnit[];
  readonly #open = new Set<ReplayUnit>();
  readonly #resumed = new Map<number, ReplayUnit>();
  #current: ReplayUnit | null = null;
  #proceed: (() => void) | null = null;
  #isStopped = false;
  #isDone = false;

  constructor(host: ReplayHost) {
    this.#host = host;
    this.#units = [...unitsOf(host.book.all())];
  }

  /** What was with the worker, if that was one thing alone; null when it was more or nothing. */
  get alone(): ReplayUnit | null {
    const [unit, ...others] = this.#open;
    return others.length === 0 ? (unit ?? null) : null;
  }

  /** Resolves when all have been repeated; true unless it was stopped. */
  async run(): Promise<boolean> {
    for (let unit = this.#units.shift(); unit !== undefined; unit = this.#units.shift()) {
      // In order and one by one, which is the point.
      await this.#repeat(unit);
      if (this.#isStopped) return false;
    }
    this.#isDone = true;
    return true;
  }

  /** The worker is gone. */
  stop(): void {
    this.#isStopped = true;
    this.#proceed?.();
  }

  /** What became of a commit that was asked about. */
  resumed(id: number, commit: ResumedCommit): void {
    const unit = this.#resumed.get(id);
    if (unit === undefined || unit.announcement === null) return;
    if (commit.kind === 'recorded') this.#settle(unit.announcement, unit.calls, commit);
    else this.#makeAgain(unit.calls);
    this.#close(unit);
  }

  /** Nobody can say what became of a commit that was asked about. */
  failed(id: number, error: WireError): void {
    const unit = this.#resumed.get(id);
    if (unit === undefined) return;
    const { book, errors } = this.#host;
    for (const call of unit.calls) {
      const failure = failureOf(call, error, errors);
      // Whatever it says of the asking, of the commit nobody knows.
      book.fail(call, isUnknown(failure) ? failure : lostCommitError(failure));
    }
    this.#close(unit);
  }

  async #repeat(unit: ReplayUnit): Promise<void> {
    const { clock, waitMs } = this.#host;
    if (unit.calls.every(({ phase }) => phase === 'settled')) return;
    await new Promise<void>((resolve) => {
      const timer =
        waitMs === null ? null : clock.setTimer(waitMs, resolve, { isBackground: true });
      this.#proceed = () => {
        timer?.cancel();
        resolve();
      };
      this.#current = unit;
      this.#send(unit);
    });
    this.#proceed = null;
  }

  #send(unit: ReplayUnit): void {
    const { book } = this.#host;
    this.#open.add(unit);
    if (unit.announcement === null) {
      const [call] = unit.calls;
      if (call === undefined) return;
      call.afterwards = () => this.#close(unit);
      this.#host.send(unit.calls, call.message);
      return;
    }
    const id = book.nextId();
    this.#resumed.set(id, unit);
    this.#host.send(unit.calls, { kind: 'resume', id, append: unit.announcement.append });
  }

  #settle(
    announcement: Announcement,
    calls: readonly PendingCall[],
    commit: Extract<ResumedCommit, { readonly kind: 'recorded' }>,
  ): void {
    const parts = new Map(announcement.calls.map((part) => [part.ticket, part]));
    for (const call of calls) {
      const part = parts.get(call.message.id);
      if (part !== undefined) this.#host.book.settle(call, replyOf(announcement, part, commit));
    }
  }

  /** Nothing of it is in the log, nor will be: a call like any other. */
  #makeAgain(calls: readonly PendingCall[]): void {
    const again = calls.filter(({ phase }) => phase !== 'settled');
    for (const call of again) call.announcement = null;
    const units = again.map((call) => ({ calls: [call], announcement: null }));
    if (this.#isDone) for (const unit of units) this.#send(unit);
    else this.#units.unshift(...units);
  }

  #close(unit: ReplayUnit): void {
    this.#open.delete(unit);
    if (unit === this.#current) this.#proceed?.();
  }
}

function unitsOf(calls: readonly PendingCall[]): readonly ReplayUnit[] {
  const units: ReplayUnit[] = [];
  const commits = new Map<Announcement, PendingCall[]>();
  for (const call of calls) {
    const { announcement, phase } = call;
    if (phase !== 'sent') continue;
    const together = announcement === null ? undefined : commits.get(announcement);
    if (together !== undefined) {
      together.push(call);
      continue;
    }
    const own = [call];
    if (announcement !== null) commits.set(announcement, own);
    units.push({ calls: own, announcement });
  }
  return units;
}

function replyOf(
  { append }: Announcement,
  { firstRecord, records }: AnnouncedCall,
  commit: Extract<ResumedCommit, { readonly kind: 'recorded' }>,
): Parameters<CallBook['settle']>[1] {
  const firstPosition = commit.firstPosition + firstRecord;
  const texts = append.records.slice(firstRecord, firstRecord + records);
  const { state } = commit;
  const events = decodeRecords(texts, firstPosition);
  const receipt = receiptOf(events, { firstPosition, state });
  return { ...receipt, events, systemPrompt: state.systemPrompt, state };
}

function isUnknown(error: unknown): boolean {
  return PagefoldError.isInstance(error) && error.code === 'UNKNOWN_OUTCOME';
}
