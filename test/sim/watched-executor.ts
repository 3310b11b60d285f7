import type { CommandReply, Executor, FullReply } from '../../src/actors/envelope.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { Ask, Outcome } from './call.ts';

/** Writes down one call to a session, and gives what came of it to the caller. */
export type WatchCall = <T>(
  asked: { readonly key: SessionKey; readonly ask: Ask },
  call: { readonly run: () => Promise<T>; readonly outcomeOf: (value: T) => Outcome },
) => Promise<T>;

/** An executor of which every call is written down as if a client had made it. */
export function watchedExecutor(executor: Executor, watch: WatchCall): Executor {
  return {
    execute: (params) => {
      const { key, command, options } = params;
      const lifeId = options?.lifeId;
      const meant = lifeId === undefined ? {} : { lifeId };
      return watch(
        { key, ask: { type: 'command', command, ...meant } },
        {
          run: () => executor.execute(params),
          outcomeOf: (reply) => ({ kind: 'replied', reply: fullReply(reply) }),
        },
      );
    },
    readState: (params) =>
      watch(
        { key: params.key, ask: { type: 'read', freshness: params.freshness } },
        { run: () => executor.readState(params), outcomeOf: (state) => ({ kind: 'read', state }) },
      ),
    reserve: (params) => executor.reserve(params),
    forget: (key) => executor.forget(key),
    forgetTenant: (tenant) => executor.forgetTenant(tenant),
    stats: () => executor.stats(),
    whenIdle: () => executor.whenIdle(),
    close: (params) => executor.close(params),
  };
}

/** A reply of an executor that tells everything, since its sessions live in this thread. */
function fullReply(reply: CommandReply): FullReply {
  if (reply.state === undefined) throw new TypeError('a reply without its state');
  // A shard of this thread tells both.
  return reply as FullReply;
}
