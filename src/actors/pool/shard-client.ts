import type { Clock } from '../../domain/clock.ts';
import { SessionManagerError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SessionState } from '../../domain/session-state.ts';
import { onAbort } from '../../domain/on-abort.ts';
import type { ProcessLoad } from '../admission.ts';
import { commandLength } from '../command-length.ts';
import { refuseEarly } from '../early-refusal.ts';
import type { CallOptions, CommandReply, Executor, WorkerStats } from '../envelope.ts';
import type { ActorLimits } from '../limits.ts';
import { interruptedError } from '../mailbox-item.ts';
import { CallBook, type CallRequest } from './call-book.ts';
import type { PendingCall } from './pending-call.ts';
import type { PoolLimits } from './pool-limits.ts';
import { Supervisor, type SupervisorParts } from './supervisor.ts';
import type { WireOptions } from './wire.ts';

/** What a client of a shard needs. */
export interface ShardClientParts extends SupervisorParts {
  readonly limits: ActorLimits;
  readonly processLoad: ProcessLoad;
}

/** Times that closing allows a worker beyond the deadline, in graces. */
const CLOSING_GRACES = 10;

/** A shard that runs in a worker, as the main thread sees it: takes calls, and answers them whatever becomes of the worker. */
export class ShardClient {
  readonly #clock: Clock;
  readonly #pool: PoolLimits;
  readonly #book: CallBook;
  readonly #supervisor: Supervisor;
  #closing: Promise<void> | null = null;

  constructor(parts: ShardClientParts) {
    const { clock, limits, pool, processLoad } = parts;
    this.#clock = clock;
    this.#pool = pool;
    this.#book = new CallBook(clock, limits, processLoad);
    this.#supervisor = new Supervisor(this.#book, parts);
  }

  /** See {@link Executor.execute}. */
  execute(params: Parameters<Executor['execute']>[0]): Promise<CommandReply> {
    const { key, command, options = {} } = params;
    const { signal, wire } = split(options);
    return new Promise<CommandReply>((resolve, reject) => {
      this.#open(options, {
        key,
        length: commandLength(command, options.opening),
        signal,
        toMessage: (id) => ({
          kind: 'execute',
          id,
          key,
          command,
          options: wire,
          isAbortable: signal !== undefined,
        }),
        // A command is answered with a reply.
        resolve: (value) => resolve(value as CommandReply),
        reject,
      });
    });
  }

  /** See {@link Executor.readState}. */
  readState(params: Parameters<Executor['readState']>[0]): Promise<SessionState | null> {
    const { key, freshness, options = {} } = params;
    const { signal, wire } = split(options);
    return new Promise<SessionState | null>((resolve, reject) => {
      this.#open(options, {
        key,
        length: options.holds ?? 0,
        signal,
        toMessage: (id) => ({
          kind: 'read',
          id,
          key,
          freshness,
          options: wire,
          isAbortable: signal !== undefined,
        }),
        // A read is answered with a state.
        resolve: (value) => resolve(value as SessionState | null),
        reject,
      });
    });
  }

  /** See {@link Executor.reserve}. */
  reserve(params: Parameters<Executor['reserve']>[0]): () => void {
    const { key, length, waiting } = params;
    return this.#book.reserve({ key, length, sessionQueued: waiting });
  }

  /** See {@link Executor.forget}. */
  forget(key: SessionKey): void {
    this.#supervisor.tell({ kind: 'forget', key });
  }

  /** See {@link Executor.forgetTenant}. */
  forgetTenant(tenant: string): void {
    this.#supervisor.tell({ kind: 'forget-tenant', tenant });
  }

  /** Figures about the shard, its earlier lives included. */
  figures(): WorkerStats {
    return this.#supervisor.figures(this.#book.queued);
  }

  /** Looks whether the worker is alive; to be called once a heartbeat. */
  check(): void {
    this.#supervisor.check();
  }

  /** See {@link Executor.whenIdle}. */
  whenIdle(): Promise<void> {
    return this.#book.whenEmpty();
  }

  /** See {@link Executor.close}. */
  close(params: { readonly deadlineMs: number }): Promise<void> {
    this.#closing ??= this.#shut(params.deadlineMs);
    return this.#closing;
  }

  #open(options: CallOptions, request: CallRequest): void {
    const refusal = this.#refusal(options, request.key);
    if (refusal !== null) return request.reject(refusal);
    let call: PendingCall;
    try {
      call = this.#book.open(request);
    } catch (error) {
      return request.reject(error);
    }
    this.#watch(call, options);
    this.#supervisor.send(call);
  }

  #refusal(options: CallOptions, key: SessionKey): Error | null {
    if (this.#closing !== null)
      return new SessionManagerError('The runtime is closed', { code: 'CLOSED' });
    return refuseEarly(options, this.#clock.nowMs()) ?? this.#supervisor.refusal(key);
  }

  #watch(call: PendingCall, { signal, deadlineMs }: CallOptions): void {
    if (signal === undefined && deadlineMs === undefined) return;
    const unwatch = onAbort(signal, () => this.#interrupt(call, 'ABORTED'));
    const timer =
      deadlineMs === undefined
        ? null
        : this.#clock.setTimer(Math.max(0, deadlineMs - this.#clock.nowMs()), () =>
            this.#interrupt(call, 'DEADLINE_EXCEEDED'),
          );
    this.#book.onLeave(call, () => {
      unwatch();
      timer?.cancel();
    });
  }

  /** Nobody waits for a call any more. How far it has come only the worker knows, which is asked, but not for long. */
  #interrupt(call: PendingCall, code: 'ABORTED' | 'DEADLINE_EXCEEDED'): void {
    const { message, phase, announcement } = call;
    const giveUp = (isCertain: boolean): void => {
      const cause = code === 'ABORTED' ? call.signal?.reason : undefined;
      this.#book.fail(call, interruptedError({ code, cause, isCertain }));
    };
    if (phase === 'settled') return;
    const isHere = phase === 'waiting' || this.#supervisor.withdraw(call);
    if (isHere || message.kind === 'read') return giveUp(true);
    if (announcement !== null) return giveUp(false);
    // What was with a worker that ended, and was not announced, is recorded nowhere.
    if (!this.#supervisor.isWithWorker(call)) return giveUp(true);
    if (code === 'ABORTED') this.#supervisor.tell({ kind: 'cancel', id: message.id });
    this.#clock.setTimer(this.#pool.graceMs, () => giveUp(false), { isBackground: true });
  }

  async #shut(deadlineMs: number): Promise<void> {
    await this.#until(this.#book.whenEmpty(), deadlineMs);
    // Behind the calls: those that it has it finishes, or says how far they have come.
    const closed = this.#supervisor.closeWorker(deadlineMs);
    const lastMs = Math.max(deadlineMs, this.#clock.nowMs()) + this.#pool.graceMs * CLOSING_GRACES;
    await this.#until(closed, lastMs);
    this.#supervisor.stop();
    for (const call of this.#book.all()) this.#book.fail(call, closedError(call));
  }

  /** Waits for something, but no longer than until a time. */
  #until(work: Promise<void>, lastMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimer(Math.max(0, lastMs - this.#clock.nowMs()), resolve);
      void work.then(() => {
        timer.cancel();
        resolve();
      });
    });
  }
}

function closedError({ phase, announcement, message }: PendingCall): SessionManagerError {
  const isCertain = phase === 'waiting' || message.kind === 'read';
  if (isCertain && announcement === null)
    return new SessionManagerError('The runtime closed before the command ran', { code: 'CLOSED' });
  return new SessionManagerError('The runtime closed while the commit was under way', {
    code: 'UNKNOWN_OUTCOME',
  });
}

/** What of the options of a call stays here, and what crosses. */
function split(options: CallOptions): {
  readonly signal: AbortSignal | undefined;
  readonly wire: WireOptions;
} {
  const { signal, ticket: _ticket, ...wire } = options;
  return { signal, wire };
}
