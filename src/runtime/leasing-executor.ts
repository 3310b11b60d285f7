import { untilDone } from './caller-wait.ts';
import type { CommandReply, Executor } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import type { ForkLeases } from './fork-leases.ts';
import type { OperationGate } from './operation-gate.ts';
import type { Warn } from './warnings.ts';

/** What a leasing executor works with. */
export interface LeasingParts {
  readonly inner: Executor;
  readonly leases: ForkLeases;
  readonly clock: Clock;
  readonly warn: Warn;
  /** Makes closing wait for work that nobody waits for any more. */
  readonly operations: Pick<OperationGate, 'track'>;
}

type Call = Parameters<Executor['execute']>[0];

/**
 * An executor that makes the origins of a fork live on with every write that makes the fork live on, whoever writes: callers,
 * sessions that name it their parent, summaries that come late.
 */
export function leasingExecutor(parts: LeasingParts): Executor {
  const { inner } = parts;
  return {
    execute: async (call) => {
      const reply = await inner.execute(call);
      // Whoever creates a fork looks after its origin when that knows of the fork, and not before.
      if (reply.fork !== null && reply.kind === 'committed' && reply.created === null)
        await renew(parts, call, reply);
      return reply;
    },
    readState: (call) => inner.readState(call),
    reserve: (call) => inner.reserve(call),
    forget: (key) => inner.forget(key),
    forgetTenant: (tenant) => inner.forgetTenant(tenant),
    stats: () => inner.stats(),
    whenIdle: () => inner.whenIdle(),
    close: (params) => inner.close(params),
  };
}

/** Never fails, and takes no longer than the caller waits: what was written is written, and the next write tries again. */
async function renew(
  { leases, clock, warn, operations }: LeasingParts,
  { key, options = {} }: Call,
  { lifeId, fork }: CommandReply,
): Promise<void> {
  const failed = (error: unknown): void => warn('LEASE_FAILED', error, key);
  const work = operations.track(() => leases.renew({ ...key, lifeId, fork }).catch(failed));
  await untilDone(work, { options, clock });
}
