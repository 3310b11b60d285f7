import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

const MARKER = Symbol.for('pagefold.error');

/** What any pagefold error may be built with. */
export interface ErrorOptions {
  /** Replaces the default text; an empty string does not. */
  readonly message?: string | undefined;
  readonly cause?: unknown;
}

/** Base of every error thrown here: a stable `code`, whether a retry can help, and plain data for logs (never content). */
export class PagefoldError extends Error {
  override readonly name: string = 'PagefoldError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  readonly data: Readonly<Record<string, string | number | null>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly data?: Readonly<Record<string, string | number | null>>;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    this.data = options.data ?? {};
    Object.defineProperty(this, MARKER, { value: true });
  }

  /** Recognises our errors across copies of the package, where `instanceof` fails. */
  static isInstance(value: unknown): value is PagefoldError {
    return (
      typeof value === 'object' &&
      value !== null &&
      (value as Record<symbol, unknown>)[MARKER] === true
    ); // reading one symbol
  }
}

/** Base of everything that can go wrong with sessions; catching it catches all of them. */
export class SessionManagerError extends PagefoldError {
  override readonly name: string = 'SessionManagerError';

  constructor(
    message: string,
    options: {
      readonly code?: ErrorCode;
      readonly cause?: unknown;
      readonly data?: Readonly<Record<string, string | number | null>>;
    } = {},
  ) {
    super(options.code ?? 'SESSION_MANAGER_ERROR', message, options);
  }
}

/** No session with this id exists for this tenant (never created, deleted, or expired). */
export class SessionNotFound extends SessionManagerError {
  override readonly name = 'SessionNotFound';
  readonly sessionId: string | null;

  constructor(options: ErrorOptions & { readonly sessionId?: string | null | undefined } = {}) {
    const id = options.sessionId ?? null;
    super(options.message || (id ? `Session not found: ${id}` : 'Session not found'), {
      code: 'SESSION_NOT_FOUND',
      cause: options.cause,
      data: { sessionId: id },
    });
    this.sessionId = id;
  }
}

/** A session with this id exists already and was to be created. */
export class SessionAlreadyExists extends SessionManagerError {
  override readonly name = 'SessionAlreadyExists';
  readonly sessionId: string | null;

  constructor(
    options: ErrorOptions & {
      readonly sessionId?: string | null | undefined;
      /** Records of an import, when the session holds all of them already; in `data` when given. */
      readonly importedRecords?: number | undefined;
    } = {},
  ) {
    const { sessionId, importedRecords } = options;
    const id = sessionId ?? null;
    super(options.message || (id ? `Session already exists: ${id}` : 'Session already exists'), {
      code: 'SESSION_ALREADY_EXISTS',
      cause: options.cause,
      data: { sessionId: id, ...(importedRecords === undefined ? {} : { importedRecords }) },
    });
    this.sessionId = id;
  }
}

/** The session, as it is now, does not allow the operation. */
export class InvalidSessionOperation extends SessionManagerError {
  override readonly name = 'InvalidSessionOperation';
  readonly operation: string | null;
  readonly reason: string | null;
  readonly sessionId: string | null;

  constructor(
    options: ErrorOptions & {
      readonly operation?: string | undefined;
      readonly reason?: string | undefined;
      readonly sessionId?: string | undefined;
    } = {},
  ) {
    super(options.message || invalidOperationText(options.operation, options.reason), {
      code: 'INVALID_SESSION_OPERATION',
      cause: options.cause,
      data: {
        operation: options.operation ?? null,
        reason: options.reason ?? null,
        sessionId: options.sessionId ?? null,
      },
    });
    this.operation = options.operation ?? null;
    this.reason = options.reason ?? null;
    this.sessionId = options.sessionId ?? null;
  }
}

function invalidOperationText(operation: string | undefined, reason: string | undefined): string {
  if (operation && reason) return `Invalid operation '${operation}': ${reason}`;
  if (operation) return `Invalid operation: ${operation}`;
  return reason ? `Invalid session operation: ${reason}` : 'Invalid session operation';
}

/** What must be kept does not fit the limit; both numbers are tokens and zero is a real value. */
export class TokenLimitExceeded extends SessionManagerError {
  override readonly name = 'TokenLimitExceeded';
  readonly limit: number | null;
  readonly actual: number | null;

  constructor(
    options: ErrorOptions & {
      readonly limit?: number | undefined;
      readonly actual?: number | undefined;
    } = {},
  ) {
    const { limit, actual } = options;
    const text =
      limit !== undefined && actual !== undefined
        ? `Token limit exceeded: at least ${actual} tokens are needed, and ${limit} are allowed`
        : 'Token limit exceeded';
    super(options.message || text, {
      code: 'TOKEN_LIMIT_EXCEEDED',
      cause: options.cause,
      data: { limit: limit ?? null, actual: actual ?? null },
    });
    this.limit = limit ?? null;
    this.actual = actual ?? null;
  }
}

/** The store failed, with the driver's own error as `cause`, or cannot hold or read a record: the `code` says which. */
export class StorageError extends SessionManagerError {
  override readonly name: string = 'StorageError';
  readonly operation: string | null;
  readonly backend: string | null;

  constructor(
    options: ErrorOptions & {
      readonly operation?: string | undefined;
      readonly backend?: string | undefined;
      readonly code?: ErrorCode | undefined;
      /** What was to be stored, where it is at fault. */
      readonly refused?: { readonly field: string; readonly expected: string } | undefined;
    } = {},
  ) {
    super(options.message || storageText(options.operation, options.backend), {
      code: options.code ?? 'STORAGE_ERROR',
      cause: options.cause,
      data: {
        operation: options.operation ?? null,
        backend: options.backend ?? null,
        ...options.refused,
      },
    });
    this.operation = options.operation ?? null;
    this.backend = options.backend ?? null;
  }
}

function storageText(operation: string | undefined, backend: string | undefined): string {
  if (operation && backend) return `Storage error in '${backend}' during ${operation}`;
  if (operation) return `Storage error during ${operation}`;
  return 'Storage operation failed';
}

/** A tool call could not be carried out. */
export class ToolProcessingError extends SessionManagerError {
  override readonly name = 'ToolProcessingError';
  readonly toolName: string | null;
  readonly reason: string | null;

  constructor(
    options: ErrorOptions & {
      readonly toolName?: string | undefined;
      readonly reason?: string | undefined;
    } = {},
  ) {
    super(options.message || toolText(options.toolName, options.reason), {
      code: 'TOOL_PROCESSING_ERROR',
      cause: options.cause,
      data: { toolName: options.toolName ?? null, reason: options.reason ?? null },
    });
    this.toolName = options.toolName ?? null;
    this.reason = options.reason ?? null;
  }
}

/** Guards do not let a tool call run; the reason is for the model, and may hold names and numbers of its arguments. */
export class ToolCallBlocked extends SessionManagerError {
  override readonly name = 'ToolCallBlocked';
  readonly toolName: string;
  /** The guards that refused it. */
  readonly guards: readonly string[];
  readonly reason: string;

  constructor(options: {
    readonly toolName: string;
    readonly guards: readonly string[];
    readonly reason: string;
  }) {
    const { toolName, guards, reason } = options;
    super(`Tool call refused by ${guards.join(', ')}`, {
      code: 'TOOL_CALL_BLOCKED',
      data: { toolName, guards: guards.join(', ') },
    });
    this.toolName = toolName;
    this.guards = guards;
    this.reason = reason;
  }
}

function toolText(toolName: string | undefined, reason: string | undefined): string {
  if (toolName && reason) return `Tool '${toolName}' processing error: ${reason}`;
  if (toolName) return `Tool '${toolName}' processing error`;
  return 'Tool processing error';
}

/**
 * A value from outside is not acceptable; nothing changed. `field` names where it sits, e.g.
 * `options.metadata.<key 0>[2]`: keys that a caller chose are numbered in the order of `Object.keys`, since they may be content;
 * an unknown option is named when it looks like a name in code.
 */
export class InvalidInput extends SessionManagerError {
  override readonly name = 'InvalidInput';
  readonly field: string;

  constructor(options: ErrorOptions & { readonly field: string; readonly expected: string }) {
    super(options.message || `${options.field}: expected ${options.expected}`, {
      code: 'INVALID_INPUT',
      cause: options.cause,
      data: { field: options.field, expected: options.expected },
    });
    this.field = options.field;
  }
}

/** A bound is reached; nothing was recorded. */
export class Overloaded extends SessionManagerError {
  override readonly name = 'Overloaded';
  readonly retryAfterMs: number;
  readonly scope: 'session' | 'tenant' | 'shard' | 'process' | 'store' | 'quota';
  /** `busy` where waiting helps; `full` where as much is kept as may be, and only what is removed makes room. */
  readonly reason: 'busy' | 'full';

  constructor(options: {
    readonly retryAfterMs: number;
    readonly scope: Overloaded['scope'];
    /** Default `busy`; `data` names it when it is `full`. */
    readonly reason?: Overloaded['reason'];
    /** The option that sets the limit, and its value. */
    readonly limit?: { readonly option: string; readonly value: number };
  }) {
    const { retryAfterMs, scope, reason = 'busy', limit } = options;
    const which = limit === undefined ? '' : ` (${limit.option}: ${limit.value})`;
    super(`Overloaded: the ${scope} limit is reached${which}; retry after ${retryAfterMs} ms`, {
      code: 'OVERLOADED',
      data: {
        retryAfterMs,
        scope,
        ...(reason === 'full' ? { reason } : {}),
        ...(limit === undefined ? {} : { limit: limit.value }),
      },
    });
    this.retryAfterMs = retryAfterMs;
    this.scope = scope;
    this.reason = reason;
  }
}
