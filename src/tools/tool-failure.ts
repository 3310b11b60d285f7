import { entryOf } from '../domain/entry-of.ts';
import { PagefoldError } from '../domain/errors.ts';
import type { JsonValue } from '../domain/json.ts';
import { classifyError, knownErrorClass } from '../procedures/error-class.ts';
import type { ErrorClass } from '../procedures/error-class.ts';

/** What went wrong with an attempt, as plain data. */
export interface ToolFailure {
  readonly errorClass: ErrorClass;
  /** For the model; the text that the tool gave. */
  readonly message: string;
  /** What the tool gave beside the text; null when it gave nothing. */
  readonly details: JsonValue;
  /** Milliseconds that the tool asks to wait before the next attempt; null when it says nothing. */
  readonly retryAfterMs: number | null;
  /** Whether something other than a text tells the class: numbers and words of a text may mean anything, such as an order 429. */
  readonly isTold: boolean;
  /** Whether the tool reached nobody, as it says, so that nothing can have been done. */
  readonly isUnsent: boolean;
  /** Whether the tool ran to its end, and only its result could not be read. */
  readonly hasRun: boolean;
  /** The HTTP status of the answer that it got, where no word of its own tells the class; else null. */
  readonly status: number | null;
}

const MAX_MESSAGE = 4_000;
/** Names of errors that mean one thing everywhere. */
const KNOWN_NAMES: Readonly<Record<string, ErrorClass>> = {
  AbortError: 'cancelled',
  TimeoutError: 'timeout',
};
/** Marks of the errors of cockatiel, which have no names. */
const MARKS: readonly (readonly [string, ErrorClass, string])[] = [
  ['isBrokenCircuitError', 'circuit_open', 'The tool kept failing and is not called for a while.'],
  ['isBulkheadRejectedError', 'overloaded', 'Too many calls of the tool are running.'],
  ['isTaskCancelledError', 'timeout', 'The tool gave no answer in time.'],
];
const CODES: Readonly<Record<string, ErrorClass>> = {
  ABORTED: 'cancelled',
  DEADLINE_EXCEEDED: 'timeout',
  OVERLOADED: 'overloaded',
  INVALID_INPUT: 'validation',
};

/** What Node and its fetch say that has no word of its own for the class. */
const CODES_OF_NODE: Readonly<Record<string, ErrorClass>> = {
  ETIMEDOUT: 'timeout',
  ESOCKETTIMEDOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_CONNECT_TIMEOUT: 'connection',
  EAI_AGAIN: 'connection',
  EPIPE: 'connection',
};
/** Codes of connections that were never made. */
const UNSENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);
/** What Node says with them; in the midst of a text it may be a server that tells of another one behind it. */
const UNSENT_TEXT = /^(?:connect ECONNREFUSED|getaddrinfo (?:ENOTFOUND|EAI_AGAIN))\b/;
const STATUS = /^[1-5]\d\d$/;

/** An outcome that a tool reports as a failure without throwing, carried to where failures are handled. */
export class ReportedFailure extends Error {
  override readonly name = 'ReportedFailure';
  readonly failure: ToolFailure;

  constructor(failure: ToolFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** A failure with its parts; whatever is not given is empty. */
export function toolFailure(
  errorClass: ErrorClass,
  message: string,
  parts: Partial<Omit<ToolFailure, 'errorClass' | 'message'>> = {},
): ToolFailure {
  return {
    errorClass,
    message: message.slice(0, MAX_MESSAGE),
    details: parts.details ?? null,
    retryAfterMs: parts.retryAfterMs ?? null,
    isTold: parts.isTold ?? true,
    isUnsent: parts.isUnsent ?? false,
    hasRun: parts.hasRun ?? false,
    status: parts.status ?? null,
  };
}

/**
 * What a thrown value says: its own word for the class first (`errorClass`), then its HTTP status, its name, and its text.
 * Anything can be thrown, also what is no error.
 */
export function failureOf(thrown: unknown): ToolFailure {
  if (thrown instanceof ReportedFailure) return thrown.failure;
  const mark = MARKS.find(([name]) => entryOf(thrown, name) === true);
  if (mark !== undefined) return toolFailure(mark[1], mark[2]);
  const message = textOf(thrown);
  const waits = entryOf(thrown, 'retryAfterMs');
  const retryAfterMs = typeof waits === 'number' && waits >= 0 ? waits : null;
  const status = statusOf(thrown);
  // Whoever answers with a status was reached.
  const isUnsent = status === null && (UNSENT.has(codeOf(thrown)) || UNSENT_TEXT.test(message));
  const word = ownWord(thrown);
  if (word !== null) return toolFailure(word, message, { retryAfterMs, isUnsent });
  const told = toldClass(thrown);
  if (told !== null) return toolFailure(told, message, { retryAfterMs, isUnsent, status });
  const name = wordOf(thrown, 'name');
  const errorClass = classifyError(`${name === 'Error' ? '' : name} ${message}`);
  // Whoever says how long to wait wants to be asked again.
  const isNamed = errorClass !== 'execution' && classifyError(name) === errorClass;
  const isTold = retryAfterMs !== null || isNamed;
  return toolFailure(errorClass, message, { retryAfterMs, isTold, isUnsent, status });
}

/** The class that a tool, or its error, names itself; null where it names none. */
function ownWord(thrown: unknown): ErrorClass | null {
  return (
    knownErrorClass(wordOf(thrown, 'errorClass')) ?? classOfMark(thrown, wordOf(thrown, 'name'))
  );
}

/** The class that a status or a code tells; null where they tell none. */
function toldClass(thrown: unknown): ErrorClass | null {
  const told = wordsOfAnswer(thrown)
    .map((word) => (Object.hasOwn(CODES_OF_NODE, word) ? CODES_OF_NODE[word] : classifyError(word)))
    .find((errorClass) => errorClass !== 'execution');
  return told ?? null;
}

function statusOf(thrown: unknown): number | null {
  const status = wordsOfAnswer(thrown).find((word) => STATUS.test(word));
  return status === undefined ? null : Number(status);
}

function wordsOfAnswer(thrown: unknown): readonly string[] {
  return [wordOf(thrown, 'status'), wordOf(thrown, 'statusCode'), codeOf(thrown)];
}

/** An error of fetch has its code in its cause. */
function codeOf(thrown: unknown): string {
  const code = wordOf(thrown, 'code');
  return code === '' ? wordOf(entryOf(thrown, 'cause'), 'code') : code;
}

function classOfMark(thrown: unknown, name: string): ErrorClass | null {
  const byCode = PagefoldError.isInstance(thrown) ? CODES[thrown.code] : undefined;
  if (byCode !== undefined) return byCode;
  return Object.hasOwn(KNOWN_NAMES, name) ? (KNOWN_NAMES[name] ?? null) : null;
}

function wordOf(thrown: unknown, key: string): string {
  const word = entryOf(thrown, key);
  return typeof word === 'string' || typeof word === 'number' ? String(word) : '';
}

function textOf(thrown: unknown): string {
  const message = entryOf(thrown, 'message');
  if (isText(message) && message !== '') return message;
  if (typeof thrown === 'object' && thrown !== null) return 'The tool failed and gave no reason.';
  const text = String(thrown);
  return text === '' || thrown === undefined ? 'The tool failed and gave no reason.' : text;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
