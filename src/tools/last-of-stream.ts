import { onAbort } from '../domain/on-abort.ts';

/** How long a step that was under way, or the closing of its stream, is waited for once the other one has ended. */
const MAX_CLOSING_MS = 1_000;

/** Whether a value gives its items one after the other. */
export function isStream(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/**
 * The last item of a stream; null for an empty one. Once the signal is aborted nothing more is asked of it, and it is closed. It rejects when
 * that is done, since until then the tool is at work.
 * @throws the signal's reason
 */
export async function lastOf(
  stream: AsyncIterable<unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  const iterator = stream[Symbol.asyncIterator]();
  const pulled = pullAll(iterator, signal);
  const pulling = Promise.allSettled([pulled]);
  let unwatch = (): void => undefined;
  const closing = new Promise<unknown>((resolve) => {
    const end = (): void => resolve(iterator.return === undefined ? pulling : close(iterator));
    // At once, since to be closed may be what ends a step that is waited for.
    unwatch = onAbort(signal, end);
    if (signal.aborted) end();
  });
  await Promise.race([pulling, closing]);
  unwatch();
  if (signal.aborted) await Promise.race([Promise.all([pulling, closing]), closingTime()]);
  signal.throwIfAborted();
  return pulled;
}

async function pullAll(iterator: AsyncIterator<unknown>, signal: AbortSignal): Promise<unknown> {
  let last: unknown = null;
  while (!signal.aborted) {
    // In order: a stream is asked for an item when the one before is there.
    const step = await iterator.next();
    if (step.done === true) return last;
    last = step.value;
  }
  return last;
}

async function close(iterator: AsyncIterator<unknown>): Promise<void> {
  // One of a tool's own may throw at once.
  const closing = async (): Promise<unknown> => iterator.return?.();
  // Whoever waited was answered already, and a stream that cannot be closed has no more to tell.
  await Promise.allSettled([closing()]);
}

function closingTime(): Promise<void> {
  return new Promise((resolve) => {
    onAbort(AbortSignal.timeout(MAX_CLOSING_MS), resolve);
  });
}
