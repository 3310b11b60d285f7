import type { Command, Opening } from '../domain/command.ts';
import type { JsonObject } from '../domain/json.ts';
import type { LogEvent } from '../domain/log-event.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';

/** How long a caller is willing to wait, and how it says that it no longer does. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds since the Unix epoch; a command that has not begun by then never does. */
  readonly deadlineMs?: number;
  /** The life of the session that is meant: another session that took its id since is not it. Any when not given. */
  readonly lifeId?: string;
  /** The properties in which the caller says whose session it is: a command reaches no session of somebody else. */
  readonly claim?: JsonObject | null;
  /** UTF-16 units of content that the caller of a read holds until it is answered. Default 0. */
  readonly holds?: number;
  /** What a command brings to the session in its own commit; nothing when not given. */
  readonly opening?: Opening;
  /** Names the call where commits are announced before they are made; see `Announcement`. */
  readonly ticket?: number;
}

/** How old a state that is read may be. `local`: what this process knows. `fresh`: nothing acknowledged is missing. */
export type Freshness = 'local' | 'fresh';

/** What a command came to; sent only after its commit is acknowledged. */
export type CommandReply =
  | {
      readonly kind: 'committed';
      readonly events: readonly LogEvent[];
      /** Position of the first of `events`; they follow one another. */
      readonly firstPosition: number;
      /** The session after the commit, this command's events included. */
      readonly state: SessionState;
    }
  | { readonly kind: 'unchanged'; readonly state: SessionState }
  | {
      readonly kind: 'repeated';
      readonly eventId: string;
      readonly position: number;
      readonly state: SessionState;
    };

/** Figures about a host of actors. */
export interface HostStats {
  readonly activations: number;
  readonly activationBytes: number;
  readonly queued: number;
  readonly commits: number;
  readonly commands: number;
  readonly conflicts: number;
  readonly retries: number;
  readonly failedSnapshots: number;
  /** The same for each worker, with how often it was started again; not given where there are none. */
  readonly shards?: readonly (Omit<HostStats, 'shards'> & { readonly restarts: number })[];
}

/** Runs the turns of session actors, wherever they live. */
export interface Executor {
  /** @throws OVERLOADED, ABORTED, DEADLINE_EXCEEDED, UNKNOWN_OUTCOME, CLOSED, a rejection of the command, or the store's. */
  execute(params: {
    readonly key: SessionKey;
    readonly command: Command;
    readonly options?: CallOptions;
  }): Promise<CommandReply>;
  /** The session's state in its turn; null when there is no such session. */
  readState(params: {
    readonly key: SessionKey;
    readonly freshness: Freshness;
    readonly options?: CallOptions;
  }): Promise<SessionState | null>;
  /**
   * Takes a place in the queues for a call that has to wait elsewhere before it reaches its session; what is returned gives it
   * back. `waiting` calls of the session wait there already.
   * @throws OVERLOADED, CLOSED
   */
  reserve(params: {
    readonly key: SessionKey;
    readonly length: number;
    readonly waiting: number;
  }): () => void;
  /** Drops what is cached of a session once nothing of it is queued. */
  forget(key: SessionKey): void;
  /** As {@link forget} for every session of a tenant. */
  forgetTenant(tenant: string): void;
  stats(): HostStats;
  /** Takes no more calls, finishes those it has until the deadline, rejects the rest; idempotent. */
  close(params: { readonly deadlineMs: number }): Promise<void>;
}
