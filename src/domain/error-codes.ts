/** What a caller can rely on about one error code. */
export interface ErrorCodeInfo {
  /** Whether the same call may be made again without a change or a look, and may succeed then. */
  readonly retryable: boolean;
  /** The HTTP status a service would answer with. */
  readonly httpStatus: number;
  /** One line that says what to do. */
  readonly remedy: string;
}

function code(retryable: boolean, httpStatus: number, remedy: string): ErrorCodeInfo {
  return { retryable, httpStatus, remedy };
}

/** The names of all error codes. */
const NAMES = [
  'ABORTED',
  'CLOSED',
  'CORRUPT_RECORD',
  'COUNT_OVERFLOW',
  'DEADLINE_EXCEEDED',
  'DECRYPTION_FAILED',
  'EVENT_TOO_LARGE',
  'FENCED',
  'HISTORY_REGRESSED',
  'IDEMPOTENCY_KEY_REUSED',
  'INVALID_INPUT',
  'INVALID_SESSION_OPERATION',
  'KERNEL_POISONED',
  'KEY_NOT_FOUND',
  'MODEL_CALL_FAILED',
  'MODEL_CALL_REFUSED',
  'OVERLOADED',
  'POISON_COMMAND',
  'SCHEMA_TOO_NEW',
  'SESSION_ALREADY_EXISTS',
  'SESSION_CONFLICT',
  'SESSION_MANAGER_ERROR',
  'SESSION_NOT_FOUND',
  'SHARD_UNAVAILABLE',
  'STORAGE_ERROR',
  'TOKEN_LIMIT_EXCEEDED',
  'TOOL_CALL_BLOCKED',
  'TOOL_PROCESSING_ERROR',
  'UNKNOWN_OUTCOME',
] as const;

/** A stable error code. */
export type ErrorCode = (typeof NAMES)[number];

/** Every stable error code; `docs/errors.md` is made from this table. */
export const ERROR_CODES: Readonly<Record<ErrorCode, ErrorCodeInfo>> = {
  ABORTED: code(false, 499, 'The signal was aborted before the command ran; nothing was recorded.'),
  CLOSED: code(false, 503, 'The runtime was closed; open a new one.'),
  CORRUPT_RECORD: code(
    false,
    500,
    'A stored record or artifact cannot be read; restore it, or delete the artifact or session.',
  ),
  COUNT_OVERFLOW: code(
    false,
    409,
    'Correct the counts that are too large, or go on in another session or tenant; nothing was recorded.',
  ),
  DEADLINE_EXCEEDED: code(
    true,
    504,
    'The deadline passed before the command ran; nothing was recorded.',
  ),
  DECRYPTION_FAILED: code(
    false,
    500,
    'The keys are not those it was written under, or what is stored was changed: check both.',
  ),
  EVENT_TOO_LARGE: code(false, 413, 'Store the content elsewhere and record a reference to it.'),
  FENCED: code(false, 409, 'A newer owner exists; stop writing under the old epoch.'),
  HISTORY_REGRESSED: code(
    false,
    500,
    'The store lost acknowledged history; check its backups and replicas.',
  ),
  IDEMPOTENCY_KEY_REUSED: code(
    false,
    409,
    'The key was used for another event; repeat a call unchanged, or choose another key.',
  ),
  INVALID_INPUT: code(false, 400, 'Correct the named field.'),
  INVALID_SESSION_OPERATION: code(false, 409, 'The session is not in a state that allows this.'),
  KERNEL_POISONED: code(false, 500, 'Make a new kernel and rebuild its working sets from the log.'),
  KEY_NOT_FOUND: code(
    false,
    500,
    'Give the provider of keys the one that is named; without it the session cannot be read.',
  ),
  MODEL_CALL_FAILED: code(true, 502, 'Nothing was summarised; retry after `retryAfterMs`.'),
  MODEL_CALL_REFUSED: code(
    false,
    502,
    'Check the key, the name of the model and the address; the segment keeps its extractive summary.',
  ),
  OVERLOADED: code(true, 429, 'Retry after `retryAfterMs`, or raise the named limit.'),
  POISON_COMMAND: code(
    false,
    500,
    'Calls to this session ended a worker twice, and nothing of this one was recorded; look for what is special about it.',
  ),
  SCHEMA_TOO_NEW: code(false, 500, 'A newer version of pagefold wrote this; upgrade this process.'),
  SESSION_ALREADY_EXISTS: code(false, 409, 'Choose another id, or open the existing session.'),
  SESSION_CONFLICT: code(true, 409, 'Another writer kept winning; retry with less concurrency.'),
  SESSION_MANAGER_ERROR: code(false, 500, 'See the message and the cause.'),
  SESSION_NOT_FOUND: code(false, 404, 'Check the tenant and the id; the session may have expired.'),
  SHARD_UNAVAILABLE: code(
    true,
    503,
    'The worker of this session keeps ending; nothing was recorded. Retry later.',
  ),
  STORAGE_ERROR: code(true, 503, 'The store failed before anything was recorded; retry.'),
  TOKEN_LIMIT_EXCEEDED: code(false, 413, 'Raise the token limit or shorten what must be kept.'),
  TOOL_CALL_BLOCKED: code(
    false,
    422,
    'Tell the model the reason, or raise the limit of the guard that is named.',
  ),
  TOOL_PROCESSING_ERROR: code(false, 500, 'See the reason given by the tool.'),
  UNKNOWN_OUTCOME: code(
    false,
    504,
    'The write may or may not be recorded: look, or repeat the call with the same idempotency key.',
  ),
};
