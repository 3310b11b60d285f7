import type { SessionKey } from '../domain/ids.ts';

/** A reference to work that must follow a commit; written in the same step, so that it is never forgotten. */
export interface OutboxEntry {
  /** Unique within the session, e.g. `summarise/3/1`. */
  readonly id: string;
  readonly dueAtMs: number;
}

/** An outbox entry together with the session it belongs to. */
export interface OutboxReference extends OutboxEntry {
  readonly key: SessionKey;
}
