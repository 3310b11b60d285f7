import { MessageChannel, type MessagePort } from 'node:worker_threads';
import type { Clock } from '../../domain/clock.ts';
import type { FairShares } from '../fair-queue.ts';
import { BatchSender } from './batch-sender.ts';
import { packBatch } from './main-batch.ts';
import { type AnnouncedAppend, unpackAppends } from './packed-append.ts';
import type { PoolLimits } from './pool-limits.ts';
import type { Threads } from './threads.ts';
import { Vitals } from './vitals.ts';
import type { ShardTask, ToMain, ToWorker, WorkerBatch } from './wire.ts';
import { brokenOff, CLOSED, failedStart, gaveNoSign, type WorkerEnd } from './worker-end.ts';

/** Who is told what a worker says, and when it is not there any more. */
export interface LifeListener {
  hear(message: ToMain): void;
  /** A commit is about to be made, here or by the worker itself. */
  hearCommit(commit: AnnouncedAppend): void;
  /** The commit of a call came to what was expected. */
  hearConfirmed(id: number): void;
  /** After everything that it had said. Nothing runs in it any more, and nothing will be heard of it; `why` never rejects. */
  onEnd(why: Promise<WorkerEnd>): void;
}

/** What a worker is started with. */
export interface LifeOptions {
  readonly threads: Threads;
  readonly clock: Clock;
  readonly limits: PoolLimits;
  readonly settings: unknown;
  /** What each tenant may send before it is the turn of the next one. */
  readonly shares: FairShares;
}

/** What a thread failed with, which may be anything. */
interface Failure {
  readonly error: unknown;
}

/** How long a thread that has ended may leave its port open, or one that has closed its port may run, until it is done from here. */
const CLOSING_MS = 2000;

/**
 * One life of a worker, from its start until its thread or its loop is over. The port is what it lives by: a port hands out all
 * that was said before it tells that the other side is gone. Why it is gone the thread tells, a moment before or after.
 */
export class WorkerLife {
  readonly vitals: Vitals = new Vitals();
  readonly sender: BatchSender<ToWorker>;
  readonly #limits: PoolLimits;
  readonly #clock: Clock;
  readonly #port: MessagePort;
  readonly #kill = new AbortController();
  #isReady = false;
  /** Why it is being ended from here. */
  #end: WorkerEnd | null = null;
  #beats = 0;
  #missed = 0;

  constructor(options: LifeOptions, listener: LifeListener) {
    const { threads, clock, limits, settings, shares } = options;
    const { port1, port2 } = new MessageChannel();
    this.#limits = limits;
    this.#clock = clock;
    this.#port = port1;
    this.sender = new BatchSender((messages) => port1.postMessage(packBatch(messages)), {
      limits: limits.batch,
      shares,
    });
    port1.on('message', ({ taken, announced, confirmed, messages }: WorkerBatch) => {
      this.sender.taken(taken);
      for (const append of unpackAppends(announced)) listener.hearCommit(append);
      for (const id of confirmed) listener.hearConfirmed(id);
      for (const message of messages) {
        if (message.kind === 'ready') this.#begin();
        listener.hear(message);
      }
    });
    const task: ShardTask = {
      port: port2,
      vitals: this.vitals.buffer,
      heartbeatMs: limits.heartbeatMs,
      settings,
    };
    const run = threads.run(task, {
      signal: this.#kill.signal,
      transferList: [port2],
      onFailedThread: (error) => {
        if (!this.#isReady) this.#endWith(failedStart(error));
      },
    });
    const over = run.then(
      () => this.#over(null),
      (error: unknown) => this.#over({ error }),
    );
    port1.on('close', () => listener.onEnd(this.#why(over)));
  }

  /** Looks whether the worker is alive; to be called once a heartbeat. */
  check(): void {
    const { beats } = this.vitals;
    this.#missed = beats === this.#beats ? this.#missed + 1 : 0;
    this.#beats = beats;
    const allowed = this.#isReady ? this.#limits.missedBeats : this.#limits.startBeats;
    // In heartbeats of this thread and not in time: while this one was held up, nobody looked.
    if (this.#missed <= allowed) return;
    const silentMs = allowed * this.#limits.heartbeatMs;
    this.#endWith(gaveNoSign(silentMs, { isReady: this.#isReady }));
  }

  /** Ends the thread, whatever it is doing. */
  kill(): void {
    this.#endWith(CLOSED);
  }

  #endWith(end: WorkerEnd): void {
    this.#end ??= end;
    this.#kill.abort();
  }

  /** How long the start took is no silence: with it, a worker that was slow to start would have none left. */
  #begin(): void {
    this.#isReady = true;
    this.#missed = 0;
  }

  #over(failure: Failure | null): Failure | null {
    // Before it was ready it can have done nothing. After that its port closes by itself, behind what it said last.
    const delayMs = this.#isReady ? CLOSING_MS : 0;
    this.#clock.setTimer(delayMs, () => this.#port.close(), { isBackground: true });
    return failure;
  }

  async #why(over: Promise<Failure | null>): Promise<WorkerEnd> {
    // A thread that has closed its port has nothing more to do: one that goes on is ended.
    const end = (): void => this.#kill.abort();
    const timer = this.#clock.setTimer(CLOSING_MS, end, { isBackground: true });
    const failure = await over;
    timer.cancel();
    if (this.#end !== null) return this.#end;
    if (failure === null) return CLOSED;
    return this.#isReady ? brokenOff(failure.error) : failedStart(failure.error);
  }
}
