import { channel, type Channel } from 'node:diagnostics_channel';
import type { SessionKey } from '../../domain/ids.ts';
import type { WorkerEnd } from './worker-end.ts';

/** What is told of workers, by the name of its channel of `node:diagnostics_channel`. */
export interface PoolEvents {
  /** A worker takes calls; `restarts` of its earlier lives have ended. */
  readonly 'pagefold:worker-started': { readonly worker: number; readonly restarts: number };
  /** A worker is not there any more, and these calls were with it; `error` is told in a line, and null when it was closed. */
  readonly 'pagefold:worker-ended': {
    readonly worker: number;
    readonly calls: number;
    readonly reason: WorkerEnd['reason'];
    readonly error: string | null;
  };
  /** A worker ended too often, and rests; its calls are refused. */
  readonly 'pagefold:worker-resting': { readonly worker: number; readonly restMs: number };
  /** A session is kept out whose call ended a worker twice. */
  readonly 'pagefold:session-quarantined': { readonly worker: number; readonly key: SessionKey };
}

const CHANNELS: { readonly [Name in keyof PoolEvents]: Channel } = {
  'pagefold:worker-started': channel('pagefold:worker-started'),
  'pagefold:worker-ended': channel('pagefold:worker-ended'),
  'pagefold:worker-resting': channel('pagefold:worker-resting'),
  'pagefold:session-quarantined': channel('pagefold:session-quarantined'),
};

/** Tells whoever listens; nobody else pays for it. */
export function publish<Name extends keyof PoolEvents>(name: Name, event: PoolEvents[Name]): void {
  if (CHANNELS[name].hasSubscribers) CHANNELS[name].publish(event);
}
