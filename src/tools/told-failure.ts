import { entryOf } from '../domain/entry-of.ts';
import { PagefoldError } from '../domain/errors.ts';
import { classifyError } from '../procedures/error-class.ts';
import type { ErrorClass } from '../procedures/error-class.ts';

/** What a thrown value, and what caused it, says of a call by more than words. */
export interface ToldFailure {
  /** Null where nothing but a text tells it. */
  readonly errorClass: ErrorClass | null;
  /** The HTTP status of the answer that was got; null where there was none. */
  readonly status: number | null;
  /** Whether nobody was reached, so that nothing can have been done. */
  readonly isUnsent: boolean;
}

/**
 * Classes of failures that leave open what a tool did that had begun, where more than words says so: a card that was refused by its issuer is no
 * lost connection, and an order that was cancelled no cancelled call.
 */
export const OPEN_CLASSES: ReadonlySet<ErrorClass> = new Set([
  'timeout',
  'cancelled',
  'connection',
  'server_error',
]);

/** Names of errors that mean one thing everywhere. */
const KNOWN_NAMES: Readonly<Record<string, ErrorClass>> = {
  AbortError: 'cancelled',
  TimeoutError: 'timeout',
  // Of ioredis, for commands that it may have sent.
  MaxRetriesPerRequestError: 'connection',
};
const CODES: Readonly<Record<string, ErrorClass>> = {
  ABORTED: 'cancelled',
  DEADLINE_EXCEEDED: 'timeout',
  OVERLOADED: 'overloaded',
  INVALID_INPUT: 'validation',
  // As its status, 504, says.
  UNKNOWN_OUTCOME: 'timeout',
};
/** What Node, its fetch and clients of databases say that has no word of its own for the class, or a misleading one. */
const CODES_OF_CLIENTS: Readonly<Record<string, ErrorClass>> = {
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  ETIMEOUT: 'timeout',
  EAI_AGAIN: 'connection',
  EHOSTUNREACH: 'connection',
  ENETUNREACH: 'connection',
  EPIPE: 'connection',
  EPROTO: 'connection',
  ERR_HTTP2_INVALID_STREAM: 'connection',
  ERR_HTTP2_SESSION_ERROR: 'connection',
  ERR_HTTP2_STREAM_CANCEL: 'connection',
  ERR_HTTP2_STREAM_ERROR: 'connection',
  ERR_STREAM_DESTROYED: 'connection',
  ERR_STREAM_PREMATURE_CLOSE: 'connection',
  UND_ERR_ABORTED: 'cancelled',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_CLOSED: 'connection',
  UND_ERR_CONNECT_TIMEOUT: 'connection',
  UND_ERR_DESTROYED: 'connection',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection',
  // PostgreSQL: lost connections, servers that shut down, and commits of which it cannot tell.
  '08000': 'connection',
  '08003': 'connection',
  '08006': 'connection',
  '08007': 'connection',
  '40003': 'connection',
  '57P01': 'connection',
  '57P02': 'connection',
  // MySQL.
  PROTOCOL_CONNECTION_LOST: 'connection',
  PROTOCOL_SEQUENCE_TIMEOUT: 'timeout',
  // Prisma.
  P1002: 'timeout',
  P1008: 'timeout',
  P1017: 'connection',
};
/** Of answers that the parser of Node could not read. */
const UNREADABLE_ANSWER = 'HPE_';
/** Codes of connections that were never made. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'P1001',
  'P2024',
]);
/** What Node and gRPC say with them; in the midst of a text it may be a server that tells of another one behind it. */
const UNSENT_TEXT =
  /^(?:connect (?:ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)|getaddrinfo (?:ENOTFOUND|EAI_AGAIN)|14 UNAVAILABLE: (?:No connection established|Name resolution failed))\b/;
const STATUS = /^[1-5]\d\d$/;
const SERVER_STATUS = /^5\d\d$/;
/** Errors that are looked at for what caused one; chains may be circles. */
const MAX_CAUSES = 16;

/** What a thrown value says by more than words, or else what caused it; whoever was refused was, whatever happened before. */
export function toldBy(thrown: unknown): ToldFailure {
  const causes = isRefused(statusOf(thrown)) ? [] : causesOf(thrown);
  const all = [thrown, ...causes];
  const status = all.map(statusOf).find((found) => found !== null) ?? null;
  return {
    errorClass: classOfAnswer(thrown) ?? classOfCauses(thrown, causes),
    status,
    // Whoever answers with a status was reached.
    isUnsent: status === null && isUnsent(all),
  };
}

/**
 * An error of fetch has its code in its cause. What else a cause says may make a failure doubtful, and never certain: a refusal may be
 * that of a later step.
 */
function classOfCauses(thrown: unknown, causes: readonly unknown[]): ErrorClass | null {
  const [nearest] = causes;
  const ofCode = wordOf(thrown, 'code') === '' ? classOfWord(wordOf(nearest, 'code')) : 'execution';
  if (ofCode !== 'execution') return ofCode;
  const told = causes.map((cause) => classOfMark(cause) ?? classOfAnswer(cause));
  return told.find((found) => found !== null && OPEN_CLASSES.has(found)) ?? null;
}

function isRefused(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}

/** The class that an error of ours, or a name that means one thing everywhere, tells; null for any other. */
export function classOfMark(thrown: unknown): ErrorClass | null {
  const byCode = PagefoldError.isInstance(thrown) ? CODES[thrown.code] : undefined;
  if (byCode !== undefined) return byCode;
  const name = wordOf(thrown, 'name');
  return Object.hasOwn(KNOWN_NAMES, name) ? (KNOWN_NAMES[name] ?? null) : null;
}

/** An entry of a thrown value; undefined also where it cannot be read. */
export function toldEntry(thrown: unknown, key: string): unknown {
  try {
    return entryOf(thrown, key);
  } catch {
    return undefined; // A getter of the tool's own; what it says else is told all the same.
  }
}

/** An entry of a thrown value as a word; empty where it is none. */
export function wordOf(thrown: unknown, key: string): string {
  const word = toldEntry(thrown, key);
  return typeof word === 'string' || typeof word === 'number' ? String(word) : '';
}

/** The class that a status or a code tells; null where they tell none. */
function classOfAnswer(thrown: unknown): ErrorClass | null {
  const told = wordsOfAnswer(thrown)
    .map(classOfWord)
    .find((errorClass) => errorClass !== 'execution');
  return told ?? null;
}

function classOfWord(word: string): ErrorClass {
  const known = Object.hasOwn(CODES_OF_CLIENTS, word) ? CODES_OF_CLIENTS[word] : undefined;
  if (known !== undefined) return known;
  return word.startsWith(UNREADABLE_ANSWER) ? 'server_error' : classifyError(word);
}

function statusOf(thrown: unknown): number | null {
  const status = wordsOfAnswer(thrown).find((word) => STATUS.test(word));
  return status === undefined ? null : Number(status);
}

/** Where errors have their status, those of axios, got and the SDK of AWS included, and their code. */
function wordsOfAnswer(thrown: unknown): readonly string[] {
  const response = toldEntry(thrown, 'response');
  const ofAws = wordOf(toldEntry(thrown, '$metadata'), 'httpStatusCode');
  return [
    wordOf(thrown, 'status'),
    wordOf(thrown, 'statusCode'),
    wordOf(response, 'status'),
    wordOf(response, 'statusCode'),
    wordOf(thrown, 'code'),
    // A status of 400 stands beside names that say more, such as that of too many requests.
    SERVER_STATUS.test(ofAws) ? ofAws : '',
  ];
}

/** Whether all that tells of a connection says that it was never made. */
function isUnsent(failures: readonly unknown[]): boolean {
  const telling = failures.filter((one) => isUnsentBy(one) || isToldBy(one));
  return telling.length > 0 && telling.every(isUnsentBy);
}

function isToldBy(thrown: unknown): boolean {
  return classOfMark(thrown) !== null || classOfAnswer(thrown) !== null;
}

function isUnsentBy(thrown: unknown): boolean {
  const text = typeof thrown === 'string' ? thrown : wordOf(thrown, 'message');
  return UNSENT.has(wordOf(thrown, 'code')) || UNSENT_TEXT.test(text);
}

/** What caused an error, the nearest first; an error of several has them all for causes. */
function causesOf(thrown: unknown): readonly unknown[] {
  const found: unknown[] = [];
  let next: readonly unknown[] = directCauses(thrown);
  while (next.length > 0 && found.length < MAX_CAUSES) {
    found.push(...next.slice(0, MAX_CAUSES - found.length));
    next = next.flatMap(directCauses);
  }
  return found;
}

function directCauses(thrown: unknown): readonly unknown[] {
  const cause = toldEntry(thrown, 'cause');
  const several = toldEntry(thrown, 'errors');
  const all = [cause, ...(Array.isArray(several) ? several.slice(0, MAX_CAUSES) : [])];
  return all.filter((one) => typeof one === 'object' && one !== null);
}
