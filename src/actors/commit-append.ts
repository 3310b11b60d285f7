import type { Decision, FollowUp } from '../domain/command.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { AppendParams, HistoryPoint, TimeToLive, WriteId } from '../store/store.ts';
import type { Commit } from './commit.ts';
import { countersOf, labelsOf } from './commit-figures.ts';

/** Where a commit is laid, and by which write. */
export interface CommitPlace {
  readonly key: SessionKey;
  readonly base: SessionState | null;
  readonly known: HistoryPoint | null;
  readonly write: WriteId;
  readonly timeToLive: TimeToLive;
}

type Accepted = Extract<Decision, { readonly kind: 'accepted' }>;

/** The append that a commit is. */
export function toAppend(commit: Commit, place: CommitPlace): AppendParams {
  const accepted = commit.decided.flatMap(({ decision }) =>
    decision.kind === 'accepted' ? [decision] : [],
  );
  const { key, write, known } = place;
  const isExpected = known === null || accepted.some((decision) => decision.mode === 'expected');
  return {
    key,
    write,
    known,
    mode: isExpected ? 'expected' : 'any',
    records: commit.records,
    counters: countersOf(commit.events),
    ...segmentOf(commit, place, accepted),
    ...labelChange(commit),
    ...(known === null ? { timeToLive: place.timeToLive } : {}),
    ...outboxOf(accepted),
  };
}

function segmentOf(
  commit: Commit,
  place: CommitPlace,
  accepted: readonly Accepted[],
): Pick<AppendParams, 'guards' | 'openSegment'> {
  const before = place.base?.open.number ?? 1;
  const after = commit.state?.open.number ?? before;
  const isGuarded = place.base !== null && accepted.some((decision) => decision.needsOpenSegment);
  return {
    ...(isGuarded ? { guards: { segment: before } } : {}),
    // A fork begins in whatever segment its origin was in.
    ...(after !== before || place.known === null ? { openSegment: after } : {}),
  };
}

function labelChange(commit: Commit): Pick<AppendParams, 'labels'> {
  const isChanged = commit.events.some(
    ({ type }) => type === 'session-created' || type === 'properties-changed',
  );
  return isChanged && commit.state !== null ? { labels: labelsOf(commit.state) } : {};
}

/** A reminder that is added and settled within one commit was never needed; the store itself removes before it adds. */
function outboxOf(accepted: readonly Accepted[]): Pick<AppendParams, 'outbox'> {
  const add = new Map<string, FollowUp>();
  const remove = new Set<string>();
  for (const decision of accepted) {
    for (const id of decision.removeFollowUps) {
      add.delete(id);
      remove.add(id);
    }
    for (const followUp of decision.addFollowUps) add.set(followUp.id, followUp);
  }
  if (add.size + remove.size === 0) return {};
  return { outbox: { add: [...add.values()], remove: [...remove] } };
}
