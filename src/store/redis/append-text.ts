import { countOverflow } from '../../domain/exact-sum.ts';
import type { AppendParams, AppendResult } from '../append-move.ts';
import { encodeKey, encodeKeyPart } from '../keys.ts';
import { REPLY_CODES } from './reply-code.ts';
import { toList, toNumber, toTime } from './redis-reply.ts';
import { toLabelsText, toPoint, toTail } from './session-text.ts';
import { toUsageText } from './usage-text.ts';

/**
 * A move as the arguments of the script, in the order of its header.
 * @throws INVALID_INPUT for text with a lone surrogate in the key or the user.
 */
export function toMoveArgs(params: AppendParams, incarnation: string): readonly string[] {
  return [
    ...identityArgs(params),
    ...conditionArgs(params),
    ...lifeArgs(params),
    toUsageText(params.counters),
    ...labelArgs(params),
    incarnation,
    ...outboxArgs(params),
    String(params.records.length),
    ...params.records,
  ];
}

function identityArgs({ key, write, known }: AppendParams): readonly string[] {
  const { incarnation, version, hash } = known ?? { incarnation: '', version: 0, hash: '' };
  const names = [encodeKey(key), write.writer, String(write.operation)];
  return [...names, incarnation, String(version), hash];
}

function conditionArgs({ mode, guards, openSegment }: AppendParams): readonly string[] {
  const isExpected = mode === 'expected' ? '1' : '0';
  return [isExpected, orEmpty(guards?.segment), orEmpty(guards?.epoch), orEmpty(openSegment)];
}

function lifeArgs({ timeToLive }: AppendParams): readonly string[] {
  return [orEmpty(timeToLive?.absoluteMs), orEmpty(timeToLive?.slidingMs)];
}

function labelArgs({ labels }: AppendParams): readonly string[] {
  if (labels === undefined) return ['', ''];
  const user = labels.userId ? encodeKeyPart(labels.userId, 'labels.userId') : '';
  return [toLabelsText(labels), user];
}

function outboxArgs({ outbox }: AppendParams): readonly string[] {
  const { remove = [], add = [] } = outbox ?? {};
  const entries = add.flatMap(({ id, dueAtMs }) => [id, String(dueAtMs)]);
  return [String(remove.length), ...remove, String(add.length), ...entries];
}

function orEmpty(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

/**
 * What became of a move.
 * @throws COUNT_OVERFLOW when nothing was recorded because a sum would not be exact.
 */
export function toAppendResult(value: unknown): AppendResult {
  const reply = toList(value);
  switch (reply[0]) {
    case REPLY_CODES.OK:
      return { kind: 'ok', ...placed(reply) };
    case REPLY_CODES.DUPLICATE:
      return { kind: 'duplicate', ...placed(reply) };
    case REPLY_CODES.CONFLICT:
      return { kind: 'conflict', ...shown(reply) };
    case REPLY_CODES.STALE:
      return { kind: 'stale-write' };
    case REPLY_CODES.FENCED:
      return { kind: 'fenced', epoch: toNumber(reply[1]) };
    case REPLY_CODES.GONE:
      return reply[1] === -1 ? { kind: 'gone' } : { kind: 'gone', wasRecorded: reply[1] === 1 };
    case REPLY_CODES.OVERFLOW:
      throw countOverflow();
    default:
      return {
        kind: 'regressed',
        point: reply[1] === null ? null : toPoint(reply[1], reply[2], reply[3]),
      };
  }
}

function placed(
  reply: readonly unknown[],
): Pick<Extract<AppendResult, { readonly kind: 'ok' }>, 'firstPosition' | 'expiresAtMs'> &
  ReturnType<typeof shown> {
  return {
    ...shown(reply),
    firstPosition: toNumber(reply[7]),
    expiresAtMs: toTime(reply[8] ?? null),
  };
}

function shown(
  reply: readonly unknown[],
): Pick<Extract<AppendResult, { readonly kind: 'conflict' }>, 'point' | 'tail'> {
  return {
    point: toPoint(reply[1], reply[2], reply[3]),
    tail: toTail(reply[4], reply[5], reply[6]),
  };
}
