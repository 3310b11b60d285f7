/** How the life of a worker ended. What is told of an error holds no content and no secrets. */
export type WorkerEnd =
  | {
      readonly reason: 'failed-start' | 'error' | 'exit' | 'full-heap' | 'no-heartbeat';
      readonly error: Error;
    }
  /** It was told to. */
  | { readonly reason: 'closed'; readonly error: null };

/** The thread ended by itself, with an exit code. */
export class ThreadExit extends Error {
  override readonly name: string = 'ThreadExit';

  constructor(exitCode: number) {
    super(`The thread ended with the exit code ${exitCode}`);
  }
}

/** The end of a worker that was told to. */
export const CLOSED: WorkerEnd = { reason: 'closed', error: null };

const MAX_MESSAGE = 2000;
/** What stands before the host in a URL; a path of a file may hold an `@` of its own. */
const CREDENTIALS = /\b(?!file:)([a-z][a-z\d+.-]*:\/\/)[^\s'"`]*@/gi;
const LABEL = /^[A-Za-z]\w{0,99}$/;

/** It never took a call. Until then it has seen no content, so that the error may be told in its own words. */
export function failedStart(error: unknown): WorkerEnd {
  return { reason: 'failed-start', error: told(error, messageOf(error)) };
}

/** It ended while it took calls. What it says in its own words may quote them. */
export function brokenOff(error: unknown): WorkerEnd {
  if (error instanceof ThreadExit) return { reason: 'exit', error };
  const code = codeOf(error);
  const reason = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'full-heap' : 'error';
  const label = code === null ? nameOf(error) : `${nameOf(error)} (${code})`;
  return { reason, error: told(error, `A worker ended with ${label}`) };
}

/** Nothing was heard of it for a time. */
export function gaveNoSign(
  silentMs: number,
  { isReady }: { readonly isReady: boolean },
): WorkerEnd {
  const error = new Error(`A worker gave no sign of life for ${silentMs} ms`);
  return { reason: isReady ? 'no-heartbeat' : 'failed-start', error };
}

/** A new error, since one that came from a thread may carry what it was working on. */
function told(error: unknown, message: string): Error {
  const name = nameOf(error);
  const code = codeOf(error);
  const stack = [`${name}: ${message}`, ...framesOf(error)].join('\n');
  return Object.assign(new Error(message), { name, stack }, code === null ? {} : { code });
}

/** Where it was thrown: what stands in the stack behind the message. */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { message, stack = '' } = error;
  const from = stack.indexOf(message);
  if (from === -1) return [];
  const lines = stack.slice(from + message.length).split('\n');
  return lines.filter((line) => /^ +at /.test(line));
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : `it threw ${typeof error}`;
  return message.replace(CREDENTIALS, '$1***@').slice(0, MAX_MESSAGE);
}

function nameOf(error: unknown): string {
  return error instanceof Error && LABEL.test(error.name) ? error.name : 'Error';
}

function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' && LABEL.test(code) ? code : null;
}
