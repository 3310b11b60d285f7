import { countOverflow } from '../../domain/exact-sum.ts';
import type { AppendParams, AppendResult } from '../append-move.ts';
import { encodeKeyPart } from '../keys.ts';
import type { SessionLabels } from '../session-head.ts';
import { linkBehind, NO_LINK } from './history-link.ts';
import { REPLY_CODES } from './reply-code.ts';
import { toList, toNumber, toTime } from './redis-reply.ts';
import { INNER_MARK, toLabelsText, toPoint, toTail } from './session-text.ts';
import { toUsageText } from './usage-text.ts';

/**
 * A move as the arguments of the script, in the order of its header.
 * @throws INVALID_INPUT for text with a lone surrogate in the user.
 */
export function toMoveArgs(params: AppendParams, incarnation: string): readonly string[] {
  const { write, known, records } = params;
  const extras = extrasOf(params, incarnation);
  const letters = extras.map(([letter]) => letter).join('');
  const counters = toUsageText(params.counters);
  const last = records.length - 1;
  const link = known === null ? NO_LINK : linkBehind(known, write, records.length);
  return [
    write.writer,
    known?.incarnation ?? '',
    known?.hash ?? '',
    `${letters} ${write.operation} ${known?.version ?? 0} ${records.length} ${counters}`,
    ...extras.flatMap(([, values]) => values),
    ...records.map((record, index) => (index === last ? link : INNER_MARK) + record),
  ];
}

type Extra = readonly [letter: string, values: readonly string[]];

/** What most moves do not have, each with the letter that says so. */
function extrasOf(params: AppendParams, incarnation: string): readonly Extra[] {
  const { mode, known, timeToLive, guards, openSegment, labels, outbox } = params;
  const extras: Extra[] = [];
  if (mode === 'expected') extras.push(['x', []]);
  if (known === null) extras.push(['c', [...lifeArgs(timeToLive), incarnation]]);
  if (guards?.segment !== undefined) extras.push(['g', [String(guards.segment)]]);
  if (guards?.epoch !== undefined) extras.push(['e', [String(guards.epoch)]]);
  if (openSegment !== undefined) extras.push(['s', [String(openSegment)]]);
  if (labels !== undefined) extras.push(['l', labelArgs(labels)]);
  if (outbox !== undefined) extras.push(['q', outboxArgs(outbox)]);
  return extras;
}

function lifeArgs(timeToLive: AppendParams['timeToLive']): readonly string[] {
  return [String(timeToLive?.absoluteMs ?? ''), String(timeToLive?.slidingMs ?? '')];
}

function labelArgs(labels: SessionLabels): readonly string[] {
  const user = labels.userId ? encodeKeyPart(labels.userId, 'labels.userId') : '';
  return [toLabelsText(labels), user];
}

function outboxArgs(outbox: NonNullable<AppendParams['outbox']>): readonly string[] {
  const { remove = [], add = [] } = outbox;
  const entries = add.flatMap(({ id, dueAtMs }) => [id, String(dueAtMs)]);
  return [String(remove.length), ...remove, String(add.length), ...entries];
}

/** A move as far as its answer depends on it. */
export interface AnsweredMove {
  readonly params: AppendParams;
  readonly incarnation: string;
}

/**
 * What became of a move.
 * @throws COUNT_OVERFLOW when nothing was recorded because a sum would not be exact.
 */
export function toAppendResult(value: unknown, move: AnsweredMove): AppendResult {
  if (typeof value === 'string') return toExpected(value, move);
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

/** Recorded right behind what was known: the answer says only what its sender cannot know. */
function toExpected(text: string, { params, incarnation }: AnsweredMove): AppendResult {
  const [hash = '', expires] = text.split(' ');
  const { known, records } = params;
  const from = known?.version ?? 0;
  return {
    kind: 'ok',
    point: {
      incarnation: known?.incarnation ?? incarnation,
      version: from + records.length,
      hash,
    },
    firstPosition: from + 1,
    tail: { firstPosition: from + 1, records: [], isComplete: true },
    expiresAtMs: toTime(expires ?? null),
  };
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
