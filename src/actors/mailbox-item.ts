import { SessionManagerError } from '../domain/errors.ts';
import type { Clock, Timer } from '../domain/clock.ts';
import type { Command, Opening } from '../domain/command.ts';
import type { JsonObject } from '../domain/json.ts';
import type { SessionState } from '../domain/session-state.ts';
import { onAbort } from '../domain/on-abort.ts';
import type { AppendParams } from '../store/store.ts';
import type { ResumedCommit } from './commit-resume.ts';
import type { CallOptions, Freshness, FullReply, ReplyWishes } from './envelope.ts';

/** A call waiting for its session's turn, or in it. */
export interface MailboxItem {
  readonly ask: Ask;
  /** Estimated size of the content it holds. */
  readonly length: number;
  /** `queued` may still be withdrawn; `running` may already be in the log. */
  phase: 'queued' | 'running' | 'settled';
  readonly reject: (error: unknown) => void;
  /** Runs once, when the item leaves the mailbox for good. */
  readonly release: () => void;
}

/** What a call asks for, with the way to answer it. */
export type Ask =
  | {
      readonly type: 'command';
      readonly command: Command;
      /** See `CallOptions`. */
      readonly lifeId?: string | undefined;
      /** See `CallOptions`. */
      readonly claim?: JsonObject | null | undefined;
      /** See `CallOptions`. */
      readonly opening?: Opening | undefined;
      /** See `CallOptions`. */
      readonly ticket?: number | undefined;
      /** See `CallOptions`. */
      readonly wants?: ReplyWishes | undefined;
      readonly resolve: (reply: FullReply) => void;
    }
  | {
      readonly type: 'read';
      readonly freshness: Freshness;
      readonly resolve: (state: SessionState | null) => void;
    }
  | {
      readonly type: 'resume';
      readonly append: AppendParams;
      readonly resolve: (commit: ResumedCommit) => void;
    };

/** Marks an item done exactly once and gives its place in the queues back. */
export function settle(item: MailboxItem, answer: () => void): void {
  if (item.phase === 'settled') return;
  item.phase = 'settled';
  item.release();
  answer();
}

/** Rejects an item exactly once. */
export function fail(item: MailboxItem, error: unknown): void {
  settle(item, () => item.reject(error));
}

/** Watches the signal and the deadline of a call; the returned function stops watching. */
export function watch(
  item: MailboxItem,
  params: { readonly options: CallOptions; readonly clock: Clock },
): () => void {
  const { signal, deadlineMs } = params.options;
  const unwatch = onAbort(signal, () => fail(item, interruption(item, 'ABORTED', signal?.reason)));
  const timer: Timer | null =
    deadlineMs === undefined
      ? null
      : params.clock.setTimer(Math.max(0, deadlineMs - params.clock.nowMs()), () =>
          fail(item, interruption(item, 'DEADLINE_EXCEEDED')),
        );
  return () => {
    unwatch();
    timer?.cancel();
  };
}

/** Before its turn a call fails for certain; in its turn nobody knows, except that a read changes nothing. */
function interruption(
  item: MailboxItem,
  code: 'ABORTED' | 'DEADLINE_EXCEEDED',
  cause?: unknown,
): SessionManagerError {
  const isCertain = item.phase === 'queued' || item.ask.type === 'read';
  return interruptedError({ code, cause, isCertain });
}

/** The error of a call that is not waited for any longer; when it is certain, nothing was or will be recorded. */
export function interruptedError(params: {
  readonly code: 'ABORTED' | 'DEADLINE_EXCEEDED';
  readonly cause: unknown;
  readonly isCertain: boolean;
}): SessionManagerError {
  const { code, cause, isCertain } = params;
  const text = code === 'ABORTED' ? 'The call was aborted' : 'The deadline passed';
  if (isCertain) return new SessionManagerError(`${text} before the command ran`, { code, cause });
  return new SessionManagerError(`${text} while the commit was under way`, {
    code: 'UNKNOWN_OUTCOME',
    cause,
  });
}
