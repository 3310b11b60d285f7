import { z } from 'zod';
import { StorageError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { HistoryPoint, LoadResult, RecordPage, Tail } from '../history-point.ts';
import type { SessionHead, SessionLabels } from '../session-head.ts';
import { LINK_LENGTH } from './history-link.ts';
import { REPLY_CODES } from './reply-code.ts';
import { toList, toNumber, toText, toTexts, toTime } from './redis-reply.ts';
import { parseUsageText } from './usage-text.ts';

/** What stands before the other records of a move. */
export const INNER_MARK = '.';

const labelsSchema: z.ZodType<SessionLabels> = z.object({
  userId: z.string().nullable(),
  properties: z.record(z.string(), z.string()),
});

const NO_LABELS: SessionLabels = { userId: null, properties: {} };

/** Labels as they are stored. */
export function toLabelsText({ userId, properties }: SessionLabels): string {
  return JSON.stringify({ userId, properties });
}

/** Records without their links. */
function toRecords(value: unknown): readonly string[] {
  return toTexts(value).map((text) => text.slice(text.startsWith(INNER_MARK) ? 1 : LINK_LENGTH));
}

/** Three values of a reply as a point of history. */
export function toPoint(incarnation: unknown, version: unknown, hash: unknown): HistoryPoint {
  return { incarnation: toText(incarnation), version: toNumber(version), hash: toText(hash) };
}

/** Three values of a reply as a tail. */
export function toTail(firstPosition: unknown, isComplete: unknown, records: unknown): Tail {
  return {
    firstPosition: toNumber(firstPosition),
    records: toRecords(records),
    isComplete: isComplete === 1,
  };
}

/** What `loadSession` answered. */
export function toLoadResult(value: unknown): LoadResult {
  const reply = toList(value);
  switch (reply[0]) {
    case REPLY_CODES.OK:
      return toFound(reply);
    case REPLY_CODES.MISSING:
      return { kind: 'missing' };
    case REPLY_CODES.GONE:
      return { kind: 'gone' };
    default:
      return {
        kind: 'regressed',
        point: reply[1] === null ? null : toPoint(reply[1], reply[2], reply[3]),
      };
  }
}

function toFound(reply: readonly unknown[]): LoadResult {
  const [, incarnation, version, hash, first, isWhole, records, expires, ...kept] = reply;
  const [keptVersion, keptHash, body] = kept;
  return {
    kind: 'found',
    point: toPoint(incarnation, version, hash),
    expiresAtMs: toTime(expires),
    snapshot:
      typeof body === 'string'
        ? { point: toPoint(incarnation, keptVersion, keptHash), body }
        : null,
    tail: toTail(first, isWhole, records),
  };
}

/** What `readRecords` answered. */
export function toRecordPage(value: unknown, firstPosition: number): RecordPage | null {
  if (value === null) return null;
  const [, incarnation, version, records] = toList(value);
  return {
    incarnation: toText(incarnation),
    firstPosition,
    records: toRecords(records),
    version: toNumber(version),
  };
}

/** One row that `readHeads` answered. */
export function toHead(key: SessionKey, value: unknown): SessionHead | null {
  if (value === null) return null;
  const [labels, created, updated, expires, deadline, version, segment, usage, sliding] =
    toList(value);
  return {
    key,
    labels: parseLabels(labels ?? null),
    createdAtMs: toNumber(created),
    updatedAtMs: toNumber(updated),
    expiresAtMs: toTime(expires),
    limitAtMs: toTime(deadline),
    slidingMs: toTime(sliding),
    version: toNumber(version),
    openSegment: toNumber(segment),
    counters: parseUsageText(toText(usage)),
  };
}

function parseLabels(value: unknown): SessionLabels {
  if (value === null) return NO_LABELS;
  const parsed = labelsSchema.safeParse(JSON.parse(toText(value)));
  if (parsed.success) return parsed.data;
  throw new StorageError({
    code: 'CORRUPT_RECORD',
    operation: 'decode',
    backend: 'redis',
    message: 'Stored labels cannot be read',
  });
}
