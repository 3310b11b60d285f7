import type { ErrorCode } from '../../domain/error-codes.ts';
import {
  InvalidInput,
  InvalidSessionOperation,
  Overloaded,
  PagefoldError,
  SessionAlreadyExists,
  SessionManagerError,
  SessionNotFound,
  StorageError,
  TokenLimitExceeded,
} from '../../domain/errors.ts';

type ErrorData = PagefoldError['data'];

/** An error as plain data, since threads do not share classes. */
export interface WireError {
  readonly name: string;
  /** Only of ours; another's own text may quote content. */
  readonly message: string;
  readonly code: ErrorCode | null;
  readonly data: ErrorData;
  /** What led to it, the nearest first: names and codes only. */
  readonly causes: readonly WireCause[];
  /** See {@link WireCause}. */
  readonly origin: number | null;
}

/** One of the errors that led to another. */
interface WireCause {
  readonly name: string;
  readonly code: string | null;
  /** The number under which the main thread has the error itself, which came from there; null for any other. */
  readonly origin: number | null;
}

/** Longest chain of causes that crosses. */
const MAX_CAUSES = 8;

/** In a worker: the numbers of errors that came from the main thread. */
const origins = new WeakMap<Error, number>();

/** Errors that are on their way through a worker, the latest of them: a caller gets the very one that its own store threw. */
export class ErrorMemory {
  readonly #errors = new Map<number, unknown>();
  #last = 0;

  /** Keeps an error, and returns its number. */
  keep(error: unknown): number {
    this.#last += 1;
    this.#errors.set(this.#last, error);
    this.#errors.delete(this.#last - MAX_KEPT_ERRORS);
    return this.#last;
  }

  /** The error of a number; undefined when it is not known any more. */
  find(origin: number | null): unknown {
    return origin === null ? undefined : this.#errors.get(origin);
  }
}

const MAX_KEPT_ERRORS = 1000;
const NO_MEMORY = new ErrorMemory();

/** An error as it is sent to another thread. */
export function toWireError(error: unknown, memory?: ErrorMemory): WireError {
  const { name, origin: known } = causeOf(error);
  const origin = memory === undefined ? known : memory.keep(error);
  const causes = chainOf(error);
  if (!PagefoldError.isInstance(error)) {
    return { name, message: `A worker failed with ${name}`, code: null, data: {}, causes, origin };
  }
  const { message, code, data } = error;
  return { name, message, code, data, causes, origin };
}

/**
 * The error that {@link toWireError} made data of, of the same class where it is one of ours; with a memory the very one, or
 * with the very causes, as far as they are in it.
 */
export function fromWireError(
  wire: WireError,
  { memory = NO_MEMORY, reason }: { readonly memory?: ErrorMemory; readonly reason?: unknown } = {},
): unknown {
  const original = memory.find(wire.origin);
  if (original !== undefined) return original;
  const error = rebuilt(wire, reason ?? causesOf(wire, memory));
  if (error.message !== wire.message)
    Object.defineProperty(error, 'message', { value: wire.message });
  if (wire.origin !== null) origins.set(error, wire.origin);
  return error;
}

function rebuilt({ name, message, code, data }: WireError, cause: unknown): Error {
  // Without a code it stays an error that says nothing about what happened.
  if (code === null) return Object.assign(new Error(message, { cause }), { name });
  const text = (field: string): string | undefined => textOf(data[field]);
  const number = (field: string): number | undefined => numberOf(data[field]);
  const sessionId = text('sessionId');
  switch (name) {
    case 'SessionNotFound':
      return new SessionNotFound({ message, cause, sessionId });
    case 'SessionAlreadyExists':
      return new SessionAlreadyExists({ message, cause, sessionId });
    case 'InvalidSessionOperation':
      return new InvalidSessionOperation({
        message,
        cause,
        ...given({ operation: text('operation'), reason: text('reason'), sessionId }),
      });
    case 'TokenLimitExceeded':
      return new TokenLimitExceeded({
        message,
        cause,
        ...given({ limit: number('limit'), actual: number('actual') }),
      });
    case 'StorageError':
      return new StorageError({
        message,
        cause,
        ...given({ operation: text('operation'), backend: text('backend'), code }),
      });
    case 'InvalidInput':
      return new InvalidInput({
        message,
        cause,
        field: text('field') ?? 'command',
        expected: text('expected') ?? 'another value',
      });
    case 'Overloaded':
      return new Overloaded({
        retryAfterMs: number('retryAfterMs') ?? 0,
        scope: scopeOf(data),
        reason: data['reason'] === 'full' ? 'full' : 'busy',
      });
    default:
      return new SessionManagerError(message, { cause, data, code });
  }
}

/** Only what is there: an option that is undefined is not the same as one that is not given. */
function given<Value extends object>(options: Value): Value {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  // The same object without the members that are undefined.
  return Object.fromEntries(entries) as Value;
}

const SCOPES: readonly Overloaded['scope'][] = [
  'session',
  'tenant',
  'shard',
  'process',
  'store',
  'quota',
];

function scopeOf({ scope }: { readonly [name: string]: unknown }): Overloaded['scope'] {
  return SCOPES.find((known) => known === scope) ?? 'shard';
}

function textOf(value: string | number | null | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function numberOf(value: string | number | null | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function chainOf(error: unknown): readonly WireCause[] {
  const causes: WireCause[] = [];
  let current = error;
  while (causes.length < MAX_CAUSES && current instanceof Error && current.cause !== undefined) {
    current = current.cause;
    causes.push(causeOf(current));
  }
  return causes;
}

function causeOf(error: unknown): WireCause {
  if (!(error instanceof Error)) return { name: typeof error, code: null, origin: null };
  const origin = origins.get(error) ?? null;
  const { code } = error as { readonly code?: unknown }; // whatever a library put there
  return { name: error.name, code: typeof code === 'string' ? code : null, origin };
}

function causesOf({ causes }: WireError, memory: ErrorMemory): unknown {
  return causes.reduceRight<unknown>((cause, { name, code, origin }) => {
    const original = memory.find(origin);
    if (original !== undefined) return original;
    const error = new Error(code ?? name, cause === undefined ? undefined : { cause });
    if (origin !== null) origins.set(error, origin);
    return Object.assign(error, { name }, code === null ? {} : { code });
  }, undefined);
}
