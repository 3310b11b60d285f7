import { z } from 'zod';
import { Overloaded, type PagefoldError, StorageError } from '../../domain/errors.ts';

/** The operation that an error names when a script stopped because of what it met. */
export const SCRIPT_OPERATION = 'script';

/** Longest text of the client that an error carries on. */
const MAX_REASON_LENGTH = 200;

const FULL_RETRY_MS = 1000;

/** Replies of a server that did not begin with the call. */
const NOT_BEGUN =
  /^-?(LOADING|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|READONLY|NOAUTH|WRONGPASS|NOPERM|BUSY|NOREPLICAS|MISCONF|CROSSSLOT|ERR (max number|unknown command|invalid password|DB index|AUTH|Client sent AUTH))/;

/** What a server says of a command within a script: that the user may not run it is found out after others were carried out. */
const STOPPED_WITHIN = /^-?NOPERM .*\bscript: /;

/** What the client says when it did not send. */
const NOT_SENT = /^(Stream isn't writeable|Cluster isn't ready)/;

/** The client puts the command beside what the server says to it. */
const selectErrorSchema = z.object({ command: z.object({ name: z.literal('select') }) });

/** What failed. */
export interface FailedCall {
  readonly operation: string;
  readonly isReadOnly: boolean;
  /** Whether no copy of it can have arrived before. */
  readonly wasSentOnce: boolean;
}

/**
 * An error of the client as one of ours. The client's own object stays behind: it carries the command with its content and
 * may carry passwords. What the server refuses says nothing of a copy that was sent before, on a connection that broke.
 */
export function toStoreError(
  error: unknown,
  { operation, isReadOnly, wasSentOnce }: FailedCall,
): PagefoldError {
  const reason = reasonOf(error);
  if (wasSentOnce && isFull(reason)) {
    return new Overloaded({ retryAfterMs: FULL_RETRY_MS, scope: 'store', reason: 'full' });
  }
  const said = isFromScript(error, reason) ? SCRIPT_OPERATION : operation;
  const isCertain = NOT_SENT.test(reason) || NOT_BEGUN.test(reason);
  if (isReadOnly || (wasSentOnce && isCertain)) return notReached(said, reason);
  return new StorageError({
    code: 'UNKNOWN_OUTCOME',
    operation: said,
    backend: 'redis',
    message: `Redis did not say whether it carried out ${operation}: ${reason}`,
  });
}

function isFull(reason: string): boolean {
  return /^-?OOM /.test(reason) || reason.includes(' OOM command not allowed');
}

/** Whether a script that had begun met something, and not a server that would not begin it. */
function isFromScript(error: unknown, reason: string): boolean {
  const isReply = error instanceof Error && error.name === 'ReplyError';
  return isReply && (STOPPED_WITHIN.test(reason) || !NOT_BEGUN.test(reason));
}

/** The error of a call that never reached the server. */
export function notReached(operation: string, reason: string): StorageError {
  return new StorageError({
    operation,
    backend: 'redis',
    message: `Redis cannot be used for ${operation}: ${reason}`,
  });
}

/** Whether it is the server's refusal of a database, which the client tells of and goes on without. */
export function isFromSelect(error: unknown): boolean {
  return selectErrorSchema.safeParse(error).success;
}

/** The client's words as far as they can be shown. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : 'unknown failure';
  // A server repeats the beginning of what it was sent, and a URL holds a password.
  const [plain = ''] = text.split(/, with args beginning/);
  return plain.replace(/\w+:\/\/\S+/g, '<url>').slice(0, MAX_REASON_LENGTH);
}
