import type { ToolFailure } from './tool-failure.ts';

/** Failures that leave open what a tool did that had begun. */
const UNFINISHED: ReadonlySet<string> = new Set(['timeout', 'cancelled']);
/** Those that do where more than words says so: a card that was refused by its issuer is no lost connection. */
const LOST: ReadonlySet<string> = new Set(['connection', 'server_error']);
/** What is said of nothing else. */
const LOST_TEXT =
  /\b(?:socket hang up|ECONN[A-Z]+|EPIPE|connection (?:was |has been )?(?:closed|lost|reset|aborted|terminated)|50[0234] (?:internal server error|bad gateway|service unavailable|gateway time-?out))\b/i;

/** Whether a failure leaves open what the tool did. */
export function mayHaveWorked({ errorClass, isTold, isUnsent, message }: ToolFailure): boolean {
  if (isUnsent) return false;
  return (
    UNFINISHED.has(errorClass) || (LOST.has(errorClass) && (isTold || LOST_TEXT.test(message)))
  );
}
