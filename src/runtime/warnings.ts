import { PagefoldError } from '../domain/errors.ts';
import { failureLabel } from '../queue/failure-label.ts';

/** A notice about something that went wrong without failing a call; never holds content. */
export interface RuntimeWarning {
  readonly code: string;
  readonly message: string;
}

/** Tells whoever set the runtime up about a failure that no call fails with. */
export type Warn = (code: string, error: unknown) => void;

/** Warnings for a callback; one that throws itself is not told about it, and nothing else suffers. */
export function createWarn(onWarning: (warning: RuntimeWarning) => void): Warn {
  return (code, error) => {
    try {
      onWarning({ code, message: messageOf(error) });
    } catch {
      // There is nobody left to tell.
    }
  };
}

/** Only our own messages are known to hold no content. */
function messageOf(error: unknown): string {
  return PagefoldError.isInstance(error) ? error.message : failureLabel(error);
}
