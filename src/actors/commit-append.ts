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
  const accepted = acceptedOf(commit);
  const { key, write, known } = place;
  const isExpected = known === null || accepted.some((decision) => decision.mode === 'expected');
  const append: AppendParams = {
    key,
    write,
    known,
    mode: isExpected ? 'expected' : 'any',
    records: commit.records,
    counters: countersOf(commit.events),
  };
  // Most appends are only this; each spread of what is hardly ever there would cost more than all of it.
  const extras = [
    guardsOf(place, accepted),
    openSegmentOf(commit, place),
    labelChange(commit),
    known === null ? { timeToLive: place.timeToLive } : null,
    outboxOf(accepted),
  ];
  return extras.reduce<AppendParams>(
    (whole, extra) => (extra === null ? whole : { ...extra, ...whole }),
    append,
  );
}

function acceptedOf(commit: Commit): readonly Accepted[] {
  const accepted: Accepted[] = [];
  for (const { decision } of commit.decided)
    if (decision.kind === 'accepted') accepted.push(decision);
  return accepted;
}

function guardsOf(
  { base }: CommitPlace,
  accepted: readonly Accepted[],
): Pick<AppendParams, 'guards'> | null {
  const isGuarded = base !== null && accepted.some((decision) => decision.needsOpenSegment);
  return isGuarded ? { guards: { segment: base.open.number } } : null;
}

function openSegmentOf(
  commit: Commit,
  { base, known }: CommitPlace,
): Pick<AppendParams, 'openSegment'> | null {
  const before = base?.open.number ?? 1;
  const after = commit.state?.open.number ?? before;
  // A fork begins in whatever segment its origin was in.
  return after !== before || known === null ? { openSegment: after } : null;
}

function labelChange(commit: Commit): Pick<AppendParams, 'labels'> | null {
  const isChanged = commit.events.some(
    ({ type }) => type === 'session-created' || type === 'properties-changed',
  );
  return isChanged && commit.state !== null ? { labels: labelsOf(commit.state) } : null;
}

/** A reminder that is added and settled within one commit was never needed; the store itself removes before it adds. */
function outboxOf(accepted: readonly Accepted[]): Pick<AppendParams, 'outbox'> | null {
  if (accepted.every(isWithoutFollowUps)) return null;
  const add = new Map<string, FollowUp>();
  const remove = new Set<string>();
  for (const decision of accepted) {
    for (const id of decision.removeFollowUps) {
      add.delete(id);
      remove.add(id);
    }
    for (const followUp of decision.addFollowUps) add.set(followUp.id, followUp);
  }
  return { outbox: { add: [...add.values()], remove: [...remove] } };
}

function isWithoutFollowUps({ addFollowUps, removeFollowUps }: Accepted): boolean {
  return addFollowUps.length === 0 && removeFollowUps.length === 0;
}
