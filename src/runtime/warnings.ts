import { PagefoldError } from '../domain/errors.ts';
import type { SessionKey } from '../domain/ids.ts';
import { failureLabel } from '../queue/failure-label.ts';

/** A notice about something that went wrong without failing a call; never holds content. */
export interface RuntimeWarning {
  readonly code: string;
  readonly message: string;
  /** The session it is about, where it is about one. */
  readonly tenant?: string;
  readonly sessionId?: string;
}

/** Tells whoever set the runtime up about a failure that no call fails with, and in which session it was. */
export type Warn = (code: string, error: unknown, key?: SessionKey) => void;

/** Warnings for a callback; one that throws itself is not told about it, and nothing else suffers. */
export function createWarn(onWarning: (warning: RuntimeWarning) => void): Warn {
  return (code, error, key) => {
    try {
      const message = messageOf(error);
      onWarning(
        key === undefined
          ? { code, message }
          : { code, message, tenant: key.tenant, sessionId: key.sessionId },
      );
    } catch {
      // There is nobody left to tell.
    }
  };
}

/** Only our own messages are known to hold no content. */
function messageOf(error: unknown): string {
  return PagefoldError.isInstance(error) ? error.message : failureLabel(error);
}
