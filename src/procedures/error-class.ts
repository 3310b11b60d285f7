/** Kinds of failures; what is tried next depends on them. */
export const ERROR_CLASSES = [
  'rate_limit',
  'circuit_open',
  'overloaded',
  'timeout',
  'cancelled',
  'auth',
  'permission',
  'not_found',
  'conflict',
  'validation',
  'connection',
  'server_error',
  'execution',
] as const;
/** One of {@link ERROR_CLASSES}. */
export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** Failures that pass by themselves, so that the same call may succeed later. */
const TRANSIENT: ReadonlySet<ErrorClass> = new Set([
  'rate_limit',
  'circuit_open',
  'overloaded',
  'timeout',
  'connection',
  'server_error',
]);

/** What texts of failures of a class say, the more certain class first: a time-out of a connection is a time-out. */
const SIGNS: readonly (readonly [ErrorClass, RegExp])[] = [
  ['rate_limit', /\brate[ _-]?limit|too many requests|\b429\b|quota exceeded|throttl/],
  [
    'circuit_open',
    /\bcircuit(?:[ _-]?breaker)?(?: is)?[ _-]open\b|\bopen circuit\b|circuitopen|brokencircuit/,
  ],
  [
    'overloaded',
    /bulkhead|concurrency limit|overloaded|resource exhausted|\b503\b|service unavailable/,
  ],
  ['timeout', /\btime[ds]?[ _-]?out\b|timeouterror|deadline exceeded|\b(?:408|504)\b/],
  [
    'auth',
    /unauthori[sz]ed|unauthenticated|invalid[ _](?:access[ _])?token|token expired|expired token|authentication|\b401\b/,
  ],
  ['permission', /forbidden|permission|access denied|not allowed|\b403\b/],
  [
    'not_found',
    /not[ _-]?found|no such|does not exist|doesn't exist|unknown (?:id|user|name)|\b404\b/,
  ],
  ['cancelled', /\bcancel(?:l?ed|lation)\b|\baborted\b|aborterror/],
  ['conflict', /conflict|already exists|duplicate|\b409\b/],
  [
    'validation',
    /validation|invalid|required|missing|must be|\bexpected|malformed|not available|not enough|insufficient|cannot be used|does not (?:add up|match)|out of range|\b4(?:00|22)\b/,
  ],
  [
    'connection',
    /\beconn|connection|network|socket|unreachable|enotfound|dns|refused|reset by peer/,
  ],
  ['server_error', /internal (?:server )?error|server error|bad gateway|\b50[02]\b/],
];

const MAX_READ = 2_000;

/** The class of a failure by what its text says; `execution` where it says nothing known. Case makes no difference. */
export function classifyError(text: string): ErrorClass {
  const read = text.slice(0, MAX_READ).toLowerCase();
  return SIGNS.find(([, sign]) => sign.test(read))?.[0] ?? 'execution';
}

/** Whether the same call may succeed later without any change. */
export function isTransient(errorClass: ErrorClass): boolean {
  return TRANSIENT.has(errorClass);
}

/** The class that a caller's own word is; null where it is none. */
export function knownErrorClass(word: string): ErrorClass | null {
  return ERROR_CLASSES.find((known) => known === word) ?? null;
}
