import type { ErrorClass } from '../procedures/error-class.ts';
import { OPEN_CLASSES } from './told-failure.ts';
import type { ToolFailure } from './tool-failure.ts';

/** Classes of failures that turn a call away before it begins; what else their texts tell of is the call of before. */
const TURNED_AWAY: ReadonlySet<ErrorClass> = new Set(['rate_limit', 'circuit_open']);
/** Classes of which the words of a call that was given up tell; elsewhere it may be a request of somebody, which is refused. */
const GIVEN_UP: ReadonlySet<ErrorClass> = new Set([...OPEN_CLASSES, 'overloaded', 'execution']);
/** Statuses of gateways that reached a server and got no answer of it, which tell no class. */
const CUT_OFF: ReadonlySet<number> = new Set([520, 521, 522, 523, 524, 525, 526, 527, 598, 599]);
const UNAVAILABLE = 503;

/**
 * What is said of calls, connections and servers, and of nothing else. It counts whatever else a text says: gateways tell of invalid
 * responses, and servers of what they expected, of calls that they broke off.
 */
const OPEN_TEXTS: readonly RegExp[] = [
  /\b(?:socket hang up|ECONN[A-Z]+|EPIPE|E(?:SOCKET)?TIMEDOUT|RST_STREAM|premature close|broken pipe|other side closed)\b/i,
  /\bconnection (?:(?:was|is|has been) )?(?:closed|lost|reset|aborted|terminated|dropped|interrupted)\b/i,
  /\b(?:(?:closed|dropped|lost|reset) (?:the|our|its) connection|lost connection to|terminating connection due to|server has gone away)\b/i,
  /\bmax retries per request limit\b/i,
  // A client that says no more, as those of OpenAI and Stripe, and fetch at the end of what a tool says of it.
  /^(?:\w*error: )?(?:connection error|terminated)\.?$|\berror occurred with our connection\b|(?:^|: )fetch failed$/i,
  /\b50[0234] \(?(?:internal server error|bad gateway|service unavailable|gateway time-?out)\b/i,
  /^(?:\w*error: )?(?:internal server error|bad gateway|service unavailable|gateway time-?out)\.?$/i,
  /\b(?:status(?: code)?|response code|HTTP(?:\/[\d.]+)?(?: error)?):? 5\d\d\b/i,
  // An answer that came and could not be read: it was cut off, or is the page of a gateway.
  /\bunexpected end of JSON input\b|\bis not valid JSON\b|\bin JSON at position \d/i,
  // Of gRPC: UNAVAILABLE says what a status of 503 does, INTERNAL and UNKNOWN what one of 500 does.
  /^(?:\w*Error: )?(?:1 CANCELLED|2 UNKNOWN|4 DEADLINE_EXCEEDED|13 INTERNAL|14 UNAVAILABLE|15 DATA_LOSS)\b/,
  /\b(?:request|operation|connection|call|query|read|write|socket|command|statement|transaction|response|server|upstream|gateway|tool|execution|fetch) (?:has |was |is )?time[ds]?[ -]?out\b/i,
  /\btime[ds]?[ -]?out (?:after|while|waiting|exceeded|of \d)|^(?:\w*error: )?time[ds]?[ -]?out\b|\bdeadline exceeded\b/i,
];
/** What is said of calls that somebody gave up. */
const GIVEN_UP_TEXTS: readonly RegExp[] = [
  /\b(?:request|operation|call|query|command|statement|fetch|execution) (?:was |has been |is )?(?:cancel?led|aborted)\b/i,
  /\baborted an? (?:request|call|operation)\b|^(?:\w*error: )?(?:cancel?led|aborted)\b/i,
];

/**
 * Whether a failure leaves open what the tool did, as where it ran and only its result could not be read. A status of 503 alone does: it should say that nothing was done, but gateways answer with
 * it also where a server hung up on the way. Who says how long to wait, or says in another way that it is overloaded, did not take the
 * request.
 */
export function mayHaveWorked(failure: ToolFailure): boolean {
  const { errorClass, isTold, isUnsent, hasRun, status, retryAfterMs, message } = failure;
  if (hasRun) return true;
  if (isUnsent) return false;
  if (status === UNAVAILABLE) return retryAfterMs === null;
  if (status !== null && CUT_OFF.has(status)) return true;
  if (isTold) return OPEN_CLASSES.has(errorClass);
  return !TURNED_AWAY.has(errorClass) && tellsOfOpenCall(errorClass, message);
}

function tellsOfOpenCall(errorClass: ErrorClass, message: string): boolean {
  const texts = GIVEN_UP.has(errorClass) ? [...OPEN_TEXTS, ...GIVEN_UP_TEXTS] : OPEN_TEXTS;
  return texts.some((text) => text.test(message));
}
