import type { Clock } from '../domain/clock.ts';
import { SessionManagerError } from '../domain/errors.ts';
import type { SessionState } from '../domain/session-state.ts';
import { historyRegressed } from '../store/log-reader.ts';
import type { AppendParams, AppendResult, Store } from '../store/store.ts';
import { appendUntilKnown, unknownOutcome } from './append-retry.ts';
import type { ActorLimits } from './limits.ts';
import { type LoadedSession, loadSession } from './session-loader.ts';

/** What became of a commit whose thread ended before the answer came. */
export type ResumedCommit =
  /** In the log: `firstPosition` counts what a fork shares with its origin. */
  | {
      readonly kind: 'recorded';
      readonly firstPosition: number;
      readonly state: SessionState;
    }
  /** Not in the log, and it never will be. */
  | { readonly kind: 'refused' };

/** What resuming a commit needs. */
interface ResumingHost {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: ActorLimits;
  random(): number;
  hydrate<T>(load: () => Promise<T>): Promise<T>;
  count(figure: 'retries'): void;
}

/** A commit that was resumed, and the session after it; null when that has to be loaded before the next turn. */
export interface Resumption {
  readonly commit: ResumedCommit;
  readonly session: LoadedSession | null;
}

/**
 * Makes a commit that another thread announced, under the very write it was announced with: the store says what became of a
 * copy that had been sent, and records it if there was none.
 * @throws UNKNOWN_OUTCOME when nobody can say, FENCED, HISTORY_REGRESSED.
 */
export async function resumeCommit(host: ResumingHost, append: AppendParams): Promise<Resumption> {
  const { store } = host;
  const retry = {
    clock: host.clock,
    limits: host.limits,
    random: () => host.random(),
    count: () => host.count('retries'),
    wasSentBefore: true,
  };
  const { result } = await appendUntilKnown(store, append, retry);
  switch (result.kind) {
    case 'ok':
    case 'duplicate':
      return recorded(host, append, result);
    case 'conflict':
      return { commit: { kind: 'refused' }, session: null };
    case 'gone':
      if (result.wasRecorded === false) return { commit: { kind: 'refused' }, session: null };
      throw lostSight(append, store);
    case 'fenced':
      throw new SessionManagerError(`A newer owner holds epoch ${result.epoch}`, {
        code: 'FENCED',
      });
    case 'regressed':
      throw historyRegressed(append.key);
    case 'stale-write':
      throw lostSight(append, store);
  }
}

async function recorded(
  host: ResumingHost,
  append: AppendParams,
  { firstPosition }: Extract<AppendResult, { readonly kind: 'ok' | 'duplicate' }>,
): Promise<Resumption> {
  const { store } = host;
  // It is in the log by now, so that a failure to read that must not sound like "nothing happened".
  const session = await host
    .hydrate(() => loadSession({ store, key: append.key }))
    .catch((error: unknown) => {
      throw unknownOutcome(error, store.backend);
    });
  if (session === null) throw lostSight(append, store);
  const shared = session.state.fork?.position ?? 0;
  const { state } = session;
  return {
    commit: { kind: 'recorded', firstPosition: firstPosition + shared, state },
    session,
  };
}

/** The error of a write that another one of its writer has overtaken, or whose session is gone. */
export function lostSight(append: AppendParams, { backend }: Store): SessionManagerError {
  const what = `write ${append.write.operation} was lost sight of`;
  return unknownOutcome(new Error(what), backend);
}
