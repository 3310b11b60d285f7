import type { SessionState } from '../domain/session-state.ts';
import type { AppendParams } from '../store/store.ts';
import type { Commit } from './commit.ts';
import { receiptOf } from './commit-reply.ts';
import type { Committed, ReplyWishes } from './envelope.ts';

/** Which records of a commit are those of a call; calls that record nothing are not listed. */
export interface AnnouncedCall {
  readonly ticket: number;
  /** Index of its first record in the append. */
  readonly firstRecord: number;
  readonly records: number;
  /**
   * What the call is told once the append has come right behind what was known. Null when the caller wants to know more than
   * can be told without the session.
   */
  readonly reply: Committed | null;
  /** The records of the reply are to be told too. */
  readonly wantsEvents: boolean;
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
  const { state } = commit;
  const shared = state?.fork?.position ?? 0;
  const firstPosition = (append.known?.version ?? 0) + 1 + shared;
  for (const { item, decision, firstEvent } of commit.decided) {
    if (decision.kind !== 'accepted' || item.ask.type !== 'command') continue;
    const { ticket, wants } = item.ask;
    if (ticket === undefined) continue;
    const { events } = decision;
    const place = { firstPosition: firstPosition + firstEvent, state };
    calls.push({
      ticket,
      firstRecord: firstEvent,
      records: events.length,
      reply: expectedReply(events, place, wants),
      wantsEvents: wants?.events === true,
    });
  }
  return { append, calls };
}

function expectedReply(
  events: Parameters<typeof receiptOf>[0],
  { firstPosition, state }: { readonly firstPosition: number; readonly state: SessionState | null },
  wants: ReplyWishes | undefined,
): Committed | null {
  if (state === null || wants?.state === true) return null;
  const receipt = receiptOf(events, { firstPosition, state });
  return wants?.systemPrompt === true ? { ...receipt, systemPrompt: state.systemPrompt } : receipt;
}
