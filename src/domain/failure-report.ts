import { isJsonObject, type JsonObject, type JsonValue } from './json.ts';

/** What a result has that says that its call failed, and why. */
const REPORT_KEYS: ReadonlySet<string> = new Set([
  'status',
  'error',
  'errors',
  'message',
  'reason',
  'title',
  'type',
  'detail',
  'details',
  'code',
  'errorCode',
  'error_code',
  'statusCode',
  'status_code',
  'timestamp',
  'requestId',
  'request_id',
  'traceId',
  'trace_id',
]);
/** What says so by being false. */
const DENIED_KEYS: ReadonlySet<string> = new Set(['success', 'ok']);
const LEAST_ERROR_STATUS = 400;
/** Where the code of an answer may stand, and codes that say that it worked. */
const CODE_KEYS = ['code', 'statusCode', 'status_code'];
const GOOD_CODE = /^(?:0|[123]\d\d)$/;
/** What tools write as the error where there is none, and how far a measurement may be wrong. */
const NO_REASON =
  /^(?:none|null|nil|n\/a|no(?: errors?| error\(s\))?|ok|false|[\d\s.,%±+\-/e]*)\.?$/i;

/**
 * Whether a result of a tool is a failure and nothing else, as its prompts, the reuse of results and their names are to take it; one that
 * has more to say may tell of something that failed, such as a job.
 */
export function reportsFailure(result: JsonValue): boolean {
  if (!isJsonObject(result)) return false;
  return (saysError(result) && saysNoMore(result)) || isMcpFailure(result);
}

/** Whether a value is what a server of the Model Context Protocol answers where a call failed. */
export function isMcpFailure(value: JsonValue): boolean {
  if (!isJsonObject(value) || value['isError'] !== true) return false;
  const { content } = value;
  return Array.isArray(content) && content.every(isPart);
}

function saysError(result: JsonObject): boolean {
  const { status = null, error = null } = result;
  if (status === 'error') return true;
  // Any other word may be that of a job, whose error it is.
  return isReason(error) && (status === null || isErrorStatus(status)) && !hasGoodCode(result);
}

function hasGoodCode(result: JsonObject): boolean {
  return CODE_KEYS.some((key) => {
    const code = result[key];
    return (typeof code === 'number' || typeof code === 'string') && GOOD_CODE.test(String(code));
  });
}

function saysNoMore(result: JsonObject): boolean {
  return Object.entries(result).every(
    ([key, value]) =>
      REPORT_KEYS.has(key) || value === null || (DENIED_KEYS.has(key) && value === false),
  );
}

/** A number may be that of a measurement, and an object its parts. */
function isReason(error: JsonValue): boolean {
  if (isJsonObject(error)) return isReasonText(error['message']);
  return error === true || isReasonText(error);
}

function isErrorStatus(status: JsonValue): boolean {
  return typeof status === 'number' && status >= LEAST_ERROR_STATUS;
}

function isReasonText(value: JsonValue | undefined): boolean {
  return typeof value === 'string' && !NO_REASON.test(value.trim());
}

function isPart(part: JsonValue): boolean {
  return isJsonObject(part) && typeof part['type'] === 'string';
}
