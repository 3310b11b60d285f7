import { InvalidInput } from '../domain/errors.ts';

/** What may stand beside an error that is told as text, where that is all there is. */
const BESIDE_TEXT: ReadonlySet<string> = new Set([
  'error',
  'type',
  'code',
  'status',
  'statusCode',
  'status_code',
  'message',
  'request_id',
  'requestId',
]);
/** One of them is beside the message of an error that is told as an object. */
const BESIDE_MESSAGE = ['type', 'code', 'status'];

/**
 * Refuses the body in which a provider says what went wrong: every prompt to come would show it as something the model said. By
 * the forms of providers alone, since an answer may be data with an `error` of its own.
 * @throws INVALID_INPUT, caused by the provider's error.
 */
export function assertAnswers(response: unknown): void {
  if (typeof response !== 'object' || response === null) return;
  const cause = errorOf(response);
  if (cause === null) return;
  throw new InvalidInput({
    field: 'response',
    expected: 'an answer; an error that came in place of one is recorded with recordFailure',
    cause,
  });
}

/** The error that a body tells in place of an answer; null for any other. */
function errorOf(body: object): Error | null {
  if (isArrayIn(body, 'choices') || isArrayIn(body, 'content')) return null;
  const error = read(body, 'error');
  if (typeof error === 'string')
    return error !== '' && Object.keys(body).every((key) => BESIDE_TEXT.has(key))
      ? named('Error', error)
      : null;
  const message = read(error, 'message');
  if (typeof message !== 'string') return null;
  const type = BESIDE_MESSAGE.map((key) => read(error, key)).find(isNaming);
  const isTold = type !== undefined || read(body, 'type') === 'error';
  const isFailedResponse = read(body, 'object') === 'response' && read(body, 'status') === 'failed';
  return isTold || isFailedResponse ? named(String(type ?? 'Error'), message) : null;
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

function isNaming(value: unknown): value is string | number {
  return (typeof value === 'string' && value !== '') || typeof value === 'number';
}

function isArrayIn(body: object, name: string): boolean {
  const entries = read(body, name);
  return Array.isArray(entries) && entries.length > 0;
}

function read(holder: unknown, name: string): unknown {
  return typeof holder === 'object' && holder !== null ? Reflect.get(holder, name) : undefined;
}
