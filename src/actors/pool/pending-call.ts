import type { SessionState } from '../../domain/session-state.ts';
import type { Announcement } from '../commit-announcement.ts';
import type { CommandReply } from '../envelope.ts';
import { type ErrorMemory, fromWireError, type WireError } from './wire-error.ts';
import type { ToWorker } from './wire.ts';

/** The message that a call is. */
export type CallMessage = Extract<ToWorker, { readonly kind: 'execute' | 'read' }>;

/** A call that has not been answered. */
export interface PendingCall {
  readonly message: CallMessage;
  /** UTF-16 units of content that it holds. */
  readonly length: number;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (value: CommandReply | SessionState | null) => void;
  readonly reject: (error: unknown) => void;
  /** `waiting` has reached no worker since it was made, so that nothing can have come of it. */
  phase: 'waiting' | 'sent' | 'settled';
  /** The life of the worker that it was sent to last. */
  life: number;
  /** The commit that it is in, announced by a worker: its records may be in the log. */
  announcement: Announcement | null;
  /** Lives of a worker that ended while it was with them. */
  deaths: number;
  /** Runs when it has been answered. */
  afterwards: (() => void) | null;
}

/** What the caller of a call is told that a worker refused; the reason of a signal never left this thread. */
export function failureOf({ signal }: PendingCall, wire: WireError, memory: ErrorMemory): unknown {
  const isInterrupted = wire.code === 'ABORTED' || wire.code === 'UNKNOWN_OUTCOME';
  const reason: unknown = signal?.aborted === true && isInterrupted ? signal.reason : undefined;
  return fromWireError(wire, { memory, reason });
}
