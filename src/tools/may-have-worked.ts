import type { ErrorClass } from '../procedures/error-class.ts';
import { OPEN_CLASSES } from './told-failure.ts';
import type { ToolFailure } from './tool-failure.ts';

/** Classes of failures that turn a call away before it begins; what else their texts tell of is the call of before. */
const TURNED_AWAY: ReadonlySet<ErrorClass> = new Set(['rate_limit', 'circuit_open']);
/** Classes of which the words of a call that was given up tell; elsewhere it may be a request of somebody, which is refused. */
const GIVEN_UP: ReadonlySet<ErrorClass> = new Set([...OPEN_CLASSES, 'overloaded', 'execution']);
/** Statuses of gateways that reached a server and got no answer of it, or whose caller hung up (499), which tell no class. */
const CUT_OFF: ReadonlySet<number> = new Set([
  499, 520, 521, 522, 523, 524, 525, 526, 527, 598, 599,
]);
const UNAVAILABLE = 503;

/**
 * What is said of calls, connections and servers, and of nothing else. It counts whatever else a text says: gateways tell of invalid
 * responses, and servers of what they expected, of calls that they broke off.
 */
const OPEN_TEXTS: readonly RegExp[] = [
  /\b(?:socket hang up|ECONN[A-Z]+|EPIPE|E(?:SOCKET)?TIMEDOUT|RST_STREAM|premature close|broken pipe|other side closed)\b/i,
  /(?<!\b(?:flight|train|bus) )\bconnection (?:(?:was|is|has been) )?(?:closed|lost|reset|aborted|terminated|dropped|interrupted)\b/i,
  /\b(?:(?:closed|dropped|lost|reset) (?:the|our|its) connection|lost connection to|terminating connection due to|server has gone away)\b/i,
  /\bmax retries per request limit\b|\bserver disconnected without\b|^(?:\w*error: )?server disconnected\.?$/i,
  // Of Envoy, unless it says that it never reached the server.
  /\bupstream connect error or disconnect\/reset before headers\b(?!.*\breset reason: (?:(?:remote )?connection failure|overflow))/i,
  // Of curl, Go, Java, RabbitMQ, Oracle and gRPC.
  /\b[Ee]mpty reply from server\b|\bunexpected EOF\b(?! while parsing)|\bEOFException\b|^(?:[A-Z][a-z]+ "[^"]*": )?EOF$/,
  /\bNoHttpResponseException\b|:\d+ failed to respond$|\bno reply will be forthcoming\b/,
  /\b(?:ORA-03(?:113|114|135)|NJS-500)\b|\bend-of-file on communication channel\b|^(?:\w*error: )?stream removed\.?$/i,
  // A client that says no more, as those of OpenAI and Stripe, and fetch at the end of what a tool says of it.
  /^(?:\w*error: )?(?:connection error|terminated)\.?$|\berror occurred with our connection\b|(?:^|: )fetch failed$/i,
  /\b50[0234] \(?(?:internal server error|bad gateway|service unavailable|gateway time-?out)\b/i,
  /^(?:\w*error: )?(?:internal server error|bad gateway|service unavailable|gateway time-?out)\.?$/i,
  /\b(?:status(?: code)?|response code|HTTP(?:\/[\d.]+)?(?: error)?):? (?:5\d\d|499)\b|\berror (?:code:? )?52[0-7]\b/i,
  // An answer that came and could not be read: it was cut off, or is the page of a gateway. Of what was sent, texts say where it stood.
  /^(?:\w*error: )?(?:unexpected |expected |unterminated |bad |").*(?:\bis not valid JSON\b|\bJSON at position \d|\bend of JSON input\b)/is,
  /^(?!.*\b(?:field|argument|parameter|payload|request body)\b).*(?:\bunexpected end of JSON input\b|\bis not valid JSON\b|\bin JSON at position \d)/is,
  // Of JSON-RPC, and so of servers of the Model Context Protocol, where they say no more.
  /-32603:? internal error\.?$/i,
  // Of gRPC: UNAVAILABLE says what a status of 503 does, INTERNAL and UNKNOWN what one of 500 does.
  /^(?:\w*Error: )?(?:1 CANCELLED|2 UNKNOWN|4 DEADLINE_EXCEEDED|13 INTERNAL|14 UNAVAILABLE|15 DATA_LOSS)\b/,
  /\b(?:request|operation|connection|call|query|read|write|socket|command|statement|transaction|response|server|upstream|gateway|tool|execution|fetch) (?:has |was |is |inactivity )?time[ds]?[ -]?out\b/i,
  /\btime[ds]?[ -]?out (?:after|while|waiting|exceeded|of \d|occurred)|\bnetwork timeout at:|\bdeadline exceeded\b/i,
  /^(?:\w*error: )?(?:time[ds]?[ -]?out(?:[.!]?$|:)|timed[ -]?out (?:at|before|during|in|on|trying|when)\b)/i,
  // Of httpx.
  /\b(?:Read|Write)Timeout\b/,
];
/** What is said of calls that somebody gave up; a person who did refused them. */
const GIVEN_UP_TEXTS: readonly RegExp[] = [
  /\b(?:request|operation|call|query|command|statement|fetch|execution) (?:was |has been |is )?(?:cancel?led|aborted)\b/i,
  /\baborted an? (?:request|call|operation)\b|^(?:\w*error: )?(?:cancel?led|aborted)\b/i,
];
/** Who gives up a call and refuses nothing, and who may do either; the caller of a client is its user, too. */
const REFUSED_BY =
  /\b(?:cancel?led|aborted) by (?!(?:an? |the )?(?:application|browser|caller|client|deadline|gateway|host|network|peer|process|proxy|remote|runtime|server|signal|software|system|time-?out|upstream|user)\b)/i;
/** What separates the clauses of a text. */
const BETWEEN_CLAUSES = /([.:;,\n])/;
/** What is said of a value, whose name may be that of a time-out or a connection. */
const ABOUT_A_VALUE = /\b(?:must (?:not )?be|is not an? valid)\b/i;

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
  const said = message
    .split(BETWEEN_CLAUSES)
    .filter((clause) => !ABOUT_A_VALUE.test(clause))
    .join('');
  const isGivenUp = GIVEN_UP.has(errorClass) && !REFUSED_BY.test(said);
  const texts = isGivenUp ? [...OPEN_TEXTS, ...GIVEN_UP_TEXTS] : OPEN_TEXTS;
  return texts.some((text) => text.test(said));
}
