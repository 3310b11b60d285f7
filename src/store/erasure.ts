import type { SessionKey } from '../domain/ids.ts';

/**
 * Whose data to erase: one session (with `incarnation` and `version` only while both hold, as in `remove`), everything of a
 * user (by the label of the session), or everything of a tenant. With `remnantsOnly` of a user only what is left of sessions that are
 * not there any more, as of one that has expired: those that are there stay.
 */
export type EraseScope =
  | {
      readonly kind: 'session';
      readonly key: SessionKey;
      readonly incarnation?: string;
      readonly version?: number;
    }
  | {
      readonly kind: 'user';
      readonly tenant: string;
      readonly userId: string;
      readonly remnantsOnly?: boolean;
    }
  | { readonly kind: 'tenant'; readonly tenant: string };

/** Proof of an erasure: what was removed, in numbers. Sessions that had expired before count as gone already. */
export interface EraseReceipt {
  readonly scope: EraseScope['kind'];
  readonly tenant: string;
  readonly sessions: number;
  readonly records: number;
  readonly snapshots: number;
  readonly outboxEntries: number;
  readonly erasedAtMs: number;
}
