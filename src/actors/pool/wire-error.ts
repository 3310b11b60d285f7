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
}

/** One of the errors that led to another. */
interface WireCause {
  readonly name: string;
  readonly code: string | null;
}

/** Longest chain of causes that crosses. */
const MAX_CAUSES = 8;

/** An error as it is sent to another thread. */
export function toWireError(error: unknown): WireError {
  const { name } = causeOf(error);
  const causes = chainOf(error);
  if (!PagefoldError.isInstance(error)) {
    return { name, message: `A worker failed with ${name}`, code: null, data: {}, causes };
  }
  const { message, code, data } = error;
  return { name, message, code, data, causes };
}

/** The error that {@link toWireError} made data of, of the same class where it is one of ours. */
export function fromWireError(wire: WireError, cause: unknown = causesOf(wire)): Error {
  const error = rebuilt(wire, cause);
  if (error.message !== wire.message)
    Object.defineProperty(error, 'message', { value: wire.message });
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
      return new Overloaded({ retryAfterMs: number('retryAfterMs') ?? 0, scope: scopeOf(data) });
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

const SCOPES: readonly Overloaded['scope'][] = ['session', 'tenant', 'shard', 'process', 'store'];

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
  if (!(error instanceof Error)) return { name: typeof error, code: null };
  const { code } = error as { readonly code?: unknown }; // whatever a library put there
  return { name: error.name, code: typeof code === 'string' ? code : null };
}

function causesOf({ causes }: WireError): Error | undefined {
  return causes.reduceRight<Error | undefined>((cause, { name, code }) => {
    const error = new Error(code ?? name, cause === undefined ? undefined : { cause });
    return Object.assign(error, { name }, code === null ? {} : { code });
  }, undefined);
}
