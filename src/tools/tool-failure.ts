import type { JsonValue } from '../domain/json.ts';
import { classifyError, knownErrorClass } from '../procedures/error-class.ts';
import type { ErrorClass } from '../procedures/error-class.ts';
import { classOfMark, toldBy, toldEntry, wordOf } from './told-failure.ts';

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
/** Marks of the errors of cockatiel, which have no names. */
const MARKS: readonly (readonly [string, ErrorClass, string])[] = [
  ['isBrokenCircuitError', 'circuit_open', 'The tool kept failing and is not called for a while.'],
  ['isBulkheadRejectedError', 'overloaded', 'Too many calls of the tool are running.'],
  ['isTaskCancelledError', 'timeout', 'The tool gave no answer in time.'],
];

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
 * What a thrown value says: its own word for the class first (`errorClass`), then its HTTP status, its name, and its text. What caused it
 * is asked as well, since clients and tools wrap what went wrong on the way.
 */
export function failureOf(thrown: unknown): ToolFailure {
  if (thrown instanceof ReportedFailure) return thrown.failure;
  const mark = MARKS.find(([name]) => toldEntry(thrown, name) === true);
  if (mark !== undefined) return toolFailure(mark[1], mark[2]);
  const message = textOf(thrown);
  const waits = toldEntry(thrown, 'retryAfterMs');
  const retryAfterMs = typeof waits === 'number' && waits >= 0 ? waits : null;
  const { errorClass: told, status, isUnsent } = toldBy(thrown);
  const word = ownWord(thrown);
  if (word !== null) return toolFailure(word, message, { retryAfterMs, isUnsent });
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
  return knownErrorClass(wordOf(thrown, 'errorClass')) ?? classOfMark(thrown);
}

function textOf(thrown: unknown): string {
  const message = toldEntry(thrown, 'message');
  if (isText(message) && message !== '') return message;
  if (typeof thrown === 'object' && thrown !== null) return 'The tool failed and gave no reason.';
  const text = String(thrown);
  return text === '' || thrown === undefined ? 'The tool failed and gave no reason.' : text;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
