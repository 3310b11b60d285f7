import { SessionManagerError } from '../domain/errors.ts';
import type { CallOptions } from './envelope.ts';

/** The refusal of a call that nobody waits for any more; null when somebody does. */
export function refuseEarly(options: CallOptions, nowMs: number): SessionManagerError | null {
  if (options.signal?.aborted === true) {
    return new SessionManagerError('The call was aborted before the command ran', {
      code: 'ABORTED',
      cause: options.signal.reason,
    });
  }
  if (options.deadlineMs === undefined || options.deadlineMs > nowMs) return null;
  return new SessionManagerError('The deadline passed before the command ran', {
    code: 'DEADLINE_EXCEEDED',
  });
}
