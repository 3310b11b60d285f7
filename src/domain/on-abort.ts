/** Who is to be told of one signal, and the one listener that it has for them. */
interface Watch {
  readonly tells: Set<() => void>;
  readonly listener: () => void;
}

const watches = new WeakMap<AbortSignal, Watch>();

/**
 * Has somebody told when a signal aborts; what is returned takes that back. Of no signal, or one that has aborted already, nobody is
 * told. All that watch a signal share one listener, as Node warns of a leak where a signal has more than ten, and one signal may be
 * given to any number of calls.
 */
export function onAbort(signal: AbortSignal | undefined, tell: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => undefined;
  const { tells, listener } = watches.get(signal) ?? begin(signal);
  // Of its own, or two that give the same function would take each other's back.
  const own = (): void => tell();
  tells.add(own);
  return () => {
    if (!tells.delete(own) || tells.size > 0) return;
    signal.removeEventListener('abort', listener);
    watches.delete(signal);
  };
}

function begin(signal: AbortSignal): Watch {
  const tells = new Set<() => void>();
  const listener = (): void => {
    watches.delete(signal);
    // As with listeners, who is taken back meanwhile is not told; nor is who comes, as such a signal is watched no more.
    for (const tell of tells) tellOne(tell);
    tells.clear();
  };
  const watch = { tells, listener };
  watches.set(signal, watch);
  signal.addEventListener('abort', listener, { once: true });
  return watch;
}

function tellOne(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    // Nobody waits for it, as for what a listener throws: it is an uncaught exception, and the others are told all the same.
    queueMicrotask(() => {
      throw error;
    });
  }
}
