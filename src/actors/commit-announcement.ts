import type { AppendParams } from '../store/store.ts';
import type { Commit } from './commit.ts';

/** Which records of a commit are those of a call; calls that record nothing are not listed. */
export interface AnnouncedCall {
  readonly ticket: number;
  /** Index of its first record in the append. */
  readonly firstRecord: number;
  readonly records: number;
}

/**
 * A commit that is about to be made. Whoever is told of it before the append leaves can ask the store what became of it, with
 * the same write, when this thread is not there any more.
 */
export interface Announcement {
  readonly append: AppendParams;
  readonly calls: readonly AnnouncedCall[];
}

/** Tells of a commit; the append waits for a promise that is returned. */
export type Announce = (announcement: Announcement) => Promise<void> | undefined;

/** What is to be told of a commit before it is made. */
export function announcementOf(commit: Commit, append: AppendParams): Announcement {
  const calls: AnnouncedCall[] = [];
  for (const { item, decision, firstEvent } of commit.decided) {
    if (decision.kind !== 'accepted' || item.ask.type !== 'command') continue;
    const { ticket } = item.ask;
    if (ticket === undefined) continue;
    calls.push({ ticket, firstRecord: firstEvent, records: decision.events.length });
  }
  return { append, calls };
}
