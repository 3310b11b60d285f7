import { untilDone } from './caller-wait.ts';
import type { CallOptions, CommandReply, Executor, HostStats } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { ForkLeases } from './fork-leases.ts';
import type { OperationGate } from './operation-gate.ts';
import type { Warn } from './warnings.ts';

/** What a {@link LeasingExecutor} works with. */
export interface LeasingParts {
  readonly inner: Executor;
  readonly leases: ForkLeases;
  readonly clock: Clock;
  readonly warn: Warn;
  /** Makes closing wait for work that nobody waits for any more. */
  readonly operations: Pick<OperationGate, 'track'>;
}

/**
 * An executor that makes the origins of a fork live on with every write that makes the fork live on, whoever writes: callers,
 * sessions that name it their parent, summaries that come late.
 */
export class LeasingExecutor implements Executor {
  readonly #parts: LeasingParts;

  constructor(parts: LeasingParts) {
    this.#parts = parts;
  }

  /** See {@link Executor.execute}. */
  async execute(params: Parameters<Executor['execute']>[0]): Promise<CommandReply> {
    const reply = await this.#parts.inner.execute(params);
    // Whoever creates a fork looks after its origin when that knows of the fork, and not before.
    if (reply.fork !== null && reply.kind === 'committed' && reply.created === null)
      await this.#renew(params.key, reply, params.options);
    return reply;
  }

  /** See {@link Executor.readState}. */
  readState(params: Parameters<Executor['readState']>[0]): Promise<SessionState | null> {
    return this.#parts.inner.readState(params);
  }

  /** See {@link Executor.reserve}. */
  reserve(params: Parameters<Executor['reserve']>[0]): () => void {
    return this.#parts.inner.reserve(params);
  }

  /** See {@link Executor.forget}. */
  forget(key: SessionKey): void {
    this.#parts.inner.forget(key);
  }

  /** See {@link Executor.forgetTenant}. */
  forgetTenant(tenant: string): void {
    this.#parts.inner.forgetTenant(tenant);
  }

  /** See {@link Executor.stats}. */
  stats(): HostStats {
    return this.#parts.inner.stats();
  }

  /** See {@link Executor.close}. */
  close(params: { readonly deadlineMs: number }): Promise<void> {
    return this.#parts.inner.close(params);
  }

  /** Never fails, and takes no longer than the caller waits: what was written is written, and the next write tries again. */
  async #renew(
    key: SessionKey,
    { lifeId, fork }: CommandReply,
    options: CallOptions = {},
  ): Promise<void> {
    const { leases, clock, warn, operations } = this.#parts;
    const failed = (error: unknown): void => warn('LEASE_FAILED', error, key);
    const work = operations.track(() => leases.renew({ ...key, lifeId, fork }).catch(failed));
    await untilDone(work, { options, clock });
  }
}
