import { InvalidInput } from '../domain/errors.ts';
import { entryOf } from '../domain/entry-of.ts';

/** What may stand beside an error that is told as text and nothing else. */
const BESIDE_TEXT: ReadonlySet<string> = new Set([
  'error',
  'type',
  'request_id',
  'requestId',
  'estimated_time',
]);
/** One of them is beside the message of an error that is told as an object. */
const BESIDE_MESSAGE = ['type', 'code', 'status'];
const STATUS_NAMES = ['status', 'statusCode', 'status_code', 'code'];
/** What an error may be called; anything else may be content. */
const ERROR_NAME = /^[\w.-]{1,64}$/;
const LEAST_FAILURE = 400;

/** An error as a provider told it. */
export interface ToldError {
  /** Its type or code. */
  readonly name: string;
  readonly message: string;
}

/** Beside the errors, since a cause would be written into logs with what it quotes. */
const told: WeakMap<InvalidInput, ToldError> = new WeakMap();

/** What a provider told in place of an answer, of the error that refuses it; undefined for any other error. */
export function toldError(error: unknown): ToldError | undefined {
  return error instanceof InvalidInput ? told.get(error) : undefined;
}

/**
 * Refuses the body in which a provider says what went wrong: every prompt to come would show it as something the model said. By
 * the forms of providers alone, since an answer may be data with an `error` of its own.
 * @throws INVALID_INPUT, of which {@link toldError} knows what the provider told.
 */
export function assertAnswers(response: unknown): void {
  const error = errorOf(response);
  if (error === null) return;
  const { name } = error;
  const refusal = new InvalidInput({
    field: 'response',
    expected: `an answer; an error that came in place of one (${name}) is recorded with recordFailure`,
  });
  told.set(refusal, error);
  throw refusal;
}

/** The error that a body tells in place of an answer; null for any other. */
function errorOf(body: unknown): ToldError | null {
  if (typeof body !== 'object' || body === null) return null;
  // Google's streams tell an error as a list of one.
  if (Array.isArray(body)) return body.length === 1 ? errorObjectOf(body[0]) : null;
  const choices = entryOf(body, 'choices');
  if (Array.isArray(choices) && choices.length > 0) return errorOfChoice(choices[0]);
  if (isFilledArray(entryOf(body, 'content'))) return null;
  return errorTextOf(body) ?? errorObjectOf(body) ?? errorMessageOf(body);
}

/** OpenRouter tells an error of the provider behind it in the place of what that would have said. */
function errorOfChoice(choice: unknown): ToldError | null {
  const content = entryOf(entryOf(choice, 'message'), 'content') ?? entryOf(choice, 'text') ?? '';
  return content === '' ? errorObjectOf(choice) : null;
}

function errorTextOf(body: object): ToldError | null {
  const error = entryOf(body, 'error');
  if (typeof error !== 'string' || error === '') return null;
  const isAlone = Object.keys(body).every((key) => BESIDE_TEXT.has(key));
  return isAlone || hasFailureStatus(body) ? named(entryOf(body, 'type'), error) : null;
}

function errorObjectOf(body: unknown): ToldError | null {
  const error = entryOf(body, 'error');
  const message = entryOf(error, 'message');
  if (typeof message !== 'string') return null;
  const name = BESIDE_MESSAGE.map((key) => entryOf(error, key)).find(
    (value) => value !== undefined,
  );
  const isFailedResponse =
    entryOf(body, 'object') === 'response' && entryOf(body, 'status') === 'failed';
  const isTold = name !== undefined || entryOf(body, 'type') === 'error' || isFailedResponse;
  return isTold ? named(name, message) : null;
}

/** vLLM and Mistral, gateways in front of others, and the event in which a stream of OpenAI's responses tells an error. */
function errorMessageOf(body: object): ToldError | null {
  const message = entryOf(body, 'message');
  if (typeof message !== 'string') return null;
  if (entryOf(body, 'type') === 'error' && typeof entryOf(body, 'sequence_number') === 'number')
    return named(entryOf(body, 'code'), message);
  const isTold = entryOf(body, 'object') === 'error' || hasFailureStatus(body);
  return isTold ? named(entryOf(body, 'type') ?? entryOf(body, 'code'), message) : null;
}

function hasFailureStatus(body: object): boolean {
  const statuses = STATUS_NAMES.map((name) => entryOf(body, name));
  return statuses.some((status) => typeof status === 'number' && status >= LEAST_FAILURE);
}

function named(name: unknown, message: string): ToldError {
  const text = typeof name === 'number' ? String(name) : name;
  return { name: typeof text === 'string' && ERROR_NAME.test(text) ? text : 'Error', message };
}

function isFilledArray(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0;
}
