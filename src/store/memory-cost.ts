import type { SessionLabels } from './store.ts';
import { textBytes } from './text-copier.ts';

/**
 * Bytes beyond the texts themselves, rounded up from heap measurements of 100,000 items (Node 20, x64). They make `maxBytes`
 * a bound on memory and not on payload: a million empty sessions are not free.
 */
export const SESSION_BYTES = 700;

/** See {@link SESSION_BYTES}: a string header, its slot, its chain link and slack. */
export const RECORD_BYTES = 40;

/** See {@link SESSION_BYTES}. */
export const TENANT_BYTES = 900;

/** See {@link SESSION_BYTES}. */
export const TOMBSTONE_BYTES = 250;

/** See {@link SESSION_BYTES}: a writer beyond the first that a session remembers. */
export const WRITER_BYTES = 150;

const OUTBOX_ENTRY_BYTES = 200;
const USER_BYTES = 400;
const PROPERTY_BYTES = 80;

/** Memory of labels and of the index over users that they appear in. */
export function labelsCost(labels: SessionLabels): number {
  let bytes = labels.userId === null ? 0 : USER_BYTES + textBytes(labels.userId);
  for (const [name, value] of Object.entries(labels.properties)) {
    bytes += PROPERTY_BYTES + textBytes(name) + textBytes(value);
  }
  return bytes;
}

/** Memory of one outbox entry. */
export function outboxCost(id: string): number {
  return OUTBOX_ENTRY_BYTES + textBytes(id);
}

/** Memory of the writers remembered beyond the first, which belongs to the session itself. */
export function ledgerCost(writers: number): number {
  return Math.max(0, writers - 1) * WRITER_BYTES;
}
