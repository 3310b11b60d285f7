import type { Clock } from '../../domain/clock.ts';
import { PagefoldError, SessionManagerError } from '../../domain/errors.ts';
import { onAbort } from '../../domain/on-abort.ts';
import type { RedisClient } from '../../store/redis/redis-client.ts';
import { failureLabel } from '../failure-label.ts';
import { type CallGate, closedMeanwhile, failedCall, noAnswer, notConnected } from './call-gate.ts';

/** What calls of a queue are limited by. */
export interface QueueCallsSettings {
  readonly clock: Clock;
  /** How long an answer of the server is waited for. */
  readonly callTimeoutMs: number;
  /** What errors say of where the server is. */
  readonly place: string;
}

/** One call, in the order of its steps. */
export interface QueueCall<Opened extends { readonly gate: CallGate }, T> {
  readonly operation: string;
  /** The connection, once it is there. */
  readonly opened: Promise<Opened>;
  /** Makes the connection ready to be asked; nothing of the call is sent by then. */
  readonly prepare: (opened: Opened) => Promise<unknown>;
  readonly send: (opened: Opened) => Promise<T>;
}

/** How far a call has come; only what was sent may have happened. */
type Stage = 'opening' | 'at-gate' | 'preparing' | 'sent';

/** Runs the calls of a queue, none for longer than the time limit, and ends them with the queue. */
export class QueueCalls {
  readonly #settings: QueueCallsSettings;
  readonly #closing = new AbortController();
  readonly #closed = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(settings: QueueCallsSettings) {
    this.#settings = settings;
  }

  /** Aborted once no more calls are sent. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /**
   * Runs a call that may be repeated safely.
   * @throws CLOSED when it was not sent before the queue closed, UNKNOWN_OUTCOME when it failed otherwise
   */
  async run<Opened extends { readonly gate: CallGate }, T>(call: QueueCall<Opened, T>): Promise<T> {
    this.assertOpen();
    const outcome = this.#limited(call);
    this.#underWay.add(outcome);
    try {
      return await outcome;
    } catch (error) {
      if (PagefoldError.isInstance(error)) throw error;
      throw failedCall(call.operation, this.#settings.place, failureLabel(error));
    } finally {
      this.#underWay.delete(outcome);
    }
  }

  /** @throws CLOSED */
  assertOpen(): void {
    if (this.#closing.signal.aborted) throw queueClosed();
  }

  /** Ends every call that was not sent. */
  close(): void {
    this.#closing.abort();
  }

  /** Waits for the answers to what was sent, as long as there is a connection that they can come on. */
  async answered(client: RedisClient): Promise<void> {
    if (client.status !== 'ready') return;
    let leave: () => void = () => undefined;
    const isGone = new Promise<void>((resolve) => {
      leave = resolve;
    });
    client.once('close', leave);
    try {
      await Promise.race([Promise.allSettled(this.#underWay), isGone]);
    } finally {
      client.off('close', leave);
    }
  }

  /** Ends those that were sent too: no answer can come any more. */
  abandon(): void {
    this.#closed.abort();
  }

  async #limited<Opened extends { readonly gate: CallGate }, T>(
    call: QueueCall<Opened, T>,
  ): Promise<T> {
    const { clock, callTimeoutMs, place } = this.#settings;
    const { operation } = call;
    const stop = new AbortController();
    const watched: { stage: Stage } = { stage: 'opening' };
    let end: (error: unknown) => void = () => undefined;
    const ended = new Promise<never>((_resolve, reject) => {
      end = reject;
    });
    const timer = clock.setTimer(callTimeoutMs, () => {
      const { stage } = watched;
      if (stage === 'opening') end(notConnected(operation, place));
      // Whoever is at the gate is told there why it did not open.
      else if (stage !== 'at-gate') end(noAnswer(operation, place));
      stop.abort();
    });
    const unwatchClosing = onAbort(this.#closing.signal, () => {
      if (watched.stage === 'sent') return;
      end(queueClosed());
      stop.abort();
    });
    const unwatchClosed = onAbort(this.#closed.signal, () =>
      end(closedMeanwhile(operation, place)),
    );
    try {
      return await Promise.race([takeSteps(call, watched, stop), ended]);
    } finally {
      timer.cancel();
      unwatchClosing();
      unwatchClosed();
    }
  }
}

async function takeSteps<Opened extends { readonly gate: CallGate }, T>(
  { operation, opened, prepare, send }: QueueCall<Opened, T>,
  target: { stage: Stage },
  stop: AbortController,
): Promise<T> {
  const watched = target;
  const connection = await opened;
  watched.stage = 'at-gate';
  const pass = async (): Promise<T> => {
    watched.stage = 'preparing';
    await prepare(connection);
    // Whoever asked was told by then that it did not happen.
    stop.signal.throwIfAborted();
    watched.stage = 'sent';
    return send(connection);
  };
  return connection.gate.pass(operation, pass, stop);
}

function queueClosed(): SessionManagerError {
  return new SessionManagerError('The queue was closed', { code: 'CLOSED' });
}
