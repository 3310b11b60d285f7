import type { Decision, FollowUp } from './command.ts';
import type { LogEvent } from './log-event.ts';

/** Due time of a follow-up: long enough for the direct path to have settled it, short enough to be soon. */
export const FOLLOW_UP_DELAY_MS = 30_000;

const LINK_PARENT = 'link-parent/';
const LIST_CHILD = 'list-child/';

/**
 * Id of the follow-up that makes a parent's list say what the session says. It names the parent, so that a list that
 * follows does not settle the reminder of another one.
 */
export function linkParentId(parentId: string): string {
  return `${LINK_PARENT}${parentId}`;
}

/** The parent whose list a follow-up is about; null when it is a follow-up of another kind. */
export function linkedParentOf(followUpId: string): string | null {
  return followUpId.startsWith(LINK_PARENT) ? followUpId.slice(LINK_PARENT.length) : null;
}

/** Id of the follow-up that makes the session's own list say what a child says that may be gone. */
export function listChildId(childId: string): string {
  return `${LIST_CHILD}${childId}`;
}

/** The child that a follow-up is about; null when it is a follow-up of another kind. */
export function listedChildOf(followUpId: string): string | null {
  return followUpId.startsWith(LIST_CHILD) ? followUpId.slice(LIST_CHILD.length) : null;
}

/** Id of the follow-up that asks for a better summary of a closed segment, or of all from `fromSegment` to it. */
export function summariseId(segment: number, fromSegment: number = segment): string {
  return `summarise/${fromSegment === segment ? segment : `${fromSegment}-${segment}`}`;
}

/** There is nothing to do; the caller succeeds without a commit. */
export const UNCHANGED: Decision = { kind: 'unchanged' };

/** A decision to record events; without options they are true wherever they land in the log. */
export function accepted(
  events: readonly LogEvent[],
  options: {
    readonly mode?: 'any' | 'expected';
    readonly needsOpenSegment?: boolean;
    readonly addFollowUps?: readonly FollowUp[];
    readonly removeFollowUps?: readonly string[];
  } = {},
): Decision {
  return {
    kind: 'accepted',
    events,
    mode: options.mode ?? 'any',
    needsOpenSegment: options.needsOpenSegment ?? false,
    addFollowUps: options.addFollowUps ?? [],
    removeFollowUps: options.removeFollowUps ?? [],
  };
}
