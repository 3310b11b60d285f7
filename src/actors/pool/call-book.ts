import type { Clock } from '../../domain/clock.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SessionState } from '../../domain/session-state.ts';
import { Admission, type ProcessLoad, type Waiting } from '../admission.ts';
import type { CommandReply } from '../envelope.ts';
import type { ActorLimits } from '../limits.ts';
import { Waiters } from '../waiters.ts';
import type { CallMessage, PendingCall } from './pending-call.ts';

/** What a call is opened with. */
export interface CallRequest {
  readonly key: SessionKey;
  readonly length: number;
  readonly signal: AbortSignal | undefined;
  readonly toMessage: (id: number) => CallMessage;
  readonly resolve: (value: CommandReply | SessionState | null) => void;
  readonly reject: (error: unknown) => void;
}

/** The calls to one shard that have not been answered, in the order in which they were made; bounds how many there are. */
export class CallBook {
  readonly #clock: Clock;
  readonly #admission: Admission;
  readonly #calls = new Map<number, PendingCall>();
  readonly #leaving = new WeakMap<PendingCall, () => void>();
  readonly #sessions = new Map<string, number>();
  readonly #empty = new Waiters();
  #lastId = 0;

  constructor(clock: Clock, limits: ActorLimits, processLoad: ProcessLoad) {
    this.#clock = clock;
    this.#admission = new Admission(limits, processLoad);
  }

  /** Calls that have not been answered, and places that are reserved. */
  get queued(): number {
    return this.#admission.queued;
  }

  /** Whether every call has been answered. */
  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  /** A number that no call and no other request to the worker has. */
  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  /** @throws OVERLOADED */
  open(request: CallRequest): PendingCall {
    const { key, length, signal, toMessage, resolve, reject } = request;
    const name = nameOf(key);
    const sessionQueued = this.#sessions.get(name) ?? 0;
    const giveBack = this.reserve({ key, length, sessionQueued });
    this.#sessions.set(name, sessionQueued + 1);
    const call: PendingCall = {
      message: toMessage(this.nextId()),
      length,
      signal,
      resolve,
      reject,
      phase: 'waiting',
      life: 0,
      announcement: null,
      deaths: 0,
      afterwards: null,
    };
    this.#calls.set(call.message.id, call);
    this.#leaving.set(call, giveBack);
    return call;
  }

  /** Has something done when a call is answered. */
  onLeave(call: PendingCall, task: () => void): void {
    const before = this.#leaving.get(call);
    this.#leaving.set(call, () => {
      before?.();
      task();
    });
  }

  /** Takes a place; what is returned gives it back. @throws OVERLOADED */
  reserve(waiting: Waiting): () => void {
    const sinceMs = this.#clock.nowMs();
    this.#admission.admit(waiting);
    return () => this.#admission.release(waiting, this.#clock.nowMs() - sinceMs);
  }

  /** The call of an id; undefined when it was answered already. */
  find(id: number): PendingCall | undefined {
    return this.#calls.get(id);
  }

  /** All that have not been answered, oldest first. */
  all(): readonly PendingCall[] {
    return [...this.#calls.values()];
  }

  /** Answers a call, exactly once. */
  settle(call: PendingCall, value: CommandReply | SessionState | null): void {
    if (this.#leave(call)) call.resolve(value);
  }

  /** Rejects a call, exactly once. */
  fail(call: PendingCall, error: unknown): void {
    if (this.#leave(call)) call.reject(error);
  }

  /** Resolves when every call has been answered. */
  whenEmpty(): Promise<void> {
    return this.isEmpty ? Promise.resolve() : this.#empty.next();
  }

  #leave(call: PendingCall): boolean {
    if (call.phase === 'settled') return false;
    const { id, key } = call.message;
    call.phase = 'settled';
    this.#calls.delete(id);
    const name = nameOf(key);
    const left = (this.#sessions.get(name) ?? 1) - 1;
    if (left > 0) this.#sessions.set(name, left);
    else this.#sessions.delete(name);
    this.#leaving.get(call)?.();
    call.afterwards?.();
    if (this.isEmpty) this.#empty.tell();
    return true;
  }
}

/** Ids hold no control characters, so the separator cannot be forged. */
function nameOf(key: SessionKey): string {
  return `${key.tenant}\u0000${key.sessionId}`;
}
