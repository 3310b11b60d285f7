import type { Command, Opening } from '../domain/command.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ForkOrigin, LogEvent } from '../domain/log-event.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { SummaryWish } from '../domain/summary-wish.ts';

/** How long a caller is willing to wait, and how it says that it no longer does. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds since the Unix epoch; a command that has not begun by then never does. */
  readonly deadlineMs?: number | undefined;
  /** The life of the session that is meant: another session that took its id since is not it. Any when not given. */
  readonly lifeId?: string | undefined;
  /** The properties in which the caller says whose session it is: a command reaches no session of somebody else. */
  readonly claim?: JsonObject | null | undefined;
  /** UTF-16 units of content that the caller of a read holds until it is answered. Default 0. */
  readonly holds?: number | undefined;
  /** What a command brings to the session in its own commit; nothing when not given. */
  readonly opening?: Opening | undefined;
  /** What the reply is to tell besides what became of the command; nothing when not given. */
  readonly wants?: ReplyWishes | undefined;
  /** Names the call where commits are announced before they are made; see `Announcement`. */
  readonly ticket?: number | undefined;
}

/** Parts of a reply that are told to whoever asks for them, since they may be large and sessions may live in other threads. */
export interface ReplyWishes {
  readonly events?: boolean;
  readonly systemPrompt?: boolean;
  readonly state?: boolean;
}

/** How old a state that is read may be. `local`: what this process knows. `fresh`: nothing acknowledged is missing. */
export type Freshness = 'local' | 'fresh';

/** An event that a command recorded, or had recorded before. */
export interface RecordedReceipt {
  readonly eventId: string;
  readonly position: number;
  /** The segment it lies in; null when it lies too far back to tell. */
  readonly segment: number | null;
}

/** What every reply tells of the session after the commit, the command's events included. */
interface ReplyParts {
  readonly lifeId: string;
  readonly fork: ForkOrigin | null;
  /** When asked for. */
  readonly systemPrompt?: string | null;
  /** When asked for. */
  readonly state?: SessionState;
}

/** A command whose events are in the log. */
export interface Committed extends ReplyParts {
  readonly kind: 'committed';
  /** Position of the first of its events; they follow one another. */
  readonly firstPosition: number;
  /** How many events it recorded. */
  readonly length: number;
  /** The first event of the conversation among them. */
  readonly recorded: RecordedReceipt | null;
  /** The session began with it. */
  readonly created: { readonly parentId: string | null } | null;
  /** What got an extractive summary with it, for which a better one may be written. */
  readonly summarised: readonly SummaryWish[];
  /** When asked for. */
  readonly events?: readonly LogEvent[];
}

/** What a command came to; sent only after its commit is acknowledged. */
export type CommandReply =
  | Committed
  | ({ readonly kind: 'unchanged' } & ReplyParts)
  | ({ readonly kind: 'repeated' } & RecordedReceipt & ReplyParts);

/** A reply that tells everything, as one does that crosses no threads. */
export type FullReply = CommandReply & { readonly state: SessionState } & (
    | { readonly kind: 'committed'; readonly events: readonly LogEvent[] }
    | { readonly kind: 'unchanged' | 'repeated' }
  );

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
  /** Milliseconds that all turns together kept their thread with deciding, without what the store took. */
  readonly turnMs: number;
  /**
   * Turns by how long they kept their thread with deciding, without what the store took: how many came into each bucket, whose
   * upper bounds are `TURN_TIME_BOUNDS_MS`; the last one has none.
   */
  readonly turnTimes: readonly number[];
  /** Turns by how many calls were decided together, in buckets up to `TURN_CALLS_BOUNDS`. */
  readonly turnCalls: readonly number[];
  /** The same for each worker; not given where there are none. */
  readonly shards?: readonly WorkerStats[];
}

/** Figures about the shard of a worker, earlier lives of it included. */
export interface WorkerStats extends Omit<HostStats, 'shards'> {
  /** How often it was started again. */
  readonly restarts: number;
  /** By how many milliseconds its event loop came round later than it should, on average over the last second or so. */
  readonly loopDelayMs: number;
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
  /** Resolves once no call is under way or waiting; only for who keeps new ones back meanwhile. */
  whenIdle(): Promise<void>;
  /** Takes no more calls, finishes those it has until the deadline, rejects the rest; idempotent. */
  close(params: { readonly deadlineMs: number }): Promise<void>;
}
