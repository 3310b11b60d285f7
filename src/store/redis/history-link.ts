import { hash } from 'node:crypto';
import type { WriteId } from '../append-move.ts';
import type { HistoryPoint } from '../history-point.ts';

/** Characters of a link: a part of a hash, and the position of its record; the scripts use the same numbers. */
export const LINK_LENGTH = 13;
const HASH_LENGTH = 9;
const POSITIONS = 65_536;

/** What stands in the place of a link that only the server can know. */
export const NO_LINK: string = '.'.repeat(LINK_LENGTH);

/**
 * The link of a write of so many records right behind a point of history, as the server makes it: SHA-1 over the link before it,
 * the writer and its operation. Made here, since a server that makes it copies the record, and it is the server that is shared.
 */
export function linkBehind(point: HistoryPoint, write: WriteId, records: number): string {
  const digest = hash('sha1', `${point.hash}\0${write.writer}\0${String(write.operation)}`);
  const position = (point.version + records) % POSITIONS;
  return digest.slice(0, HASH_LENGTH) + position.toString(16).padStart(4, '0');
}
