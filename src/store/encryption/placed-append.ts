import { StorageError } from '../../domain/errors.ts';
import type { AppendParams, AppendResult } from '../append-move.ts';
import type { HistoryPoint, Tail } from '../history-point.ts';
import { MAX_TAIL_RECORDS } from '../store-limits.ts';

/**
 * How often others may get ahead of one append: each time one of them has recorded something. Writers that share a store send
 * their moves together and in the same order, so the last of them may be overtaken until the others are done.
 */
const MAX_ROUNDS = 1000;

/**
 * Appends records that depend on where they will be: at the place that is known to be the end, and when others were faster, at
 * the next one, so that an append at any place needs no more of the caller than it does with the store itself.
 * @throws STORAGE_ERROR when others never stop being faster (nothing was recorded), and what the store throws.
 */
export async function appendPlaced(
  params: AppendParams,
  append: (params: AppendParams) => Promise<AppendResult>,
): Promise<AppendResult> {
  let { known } = params;
  let seen: Tail | null = null;
  for (let round = 1; round <= MAX_ROUNDS; round += 1) {
    const result = await append({ ...params, known, mode: 'expected' });
    if ('tail' in result) seen = joined(seen, result.tail);
    if (!isOvertaken(result, { params, known })) return withTail(result, seen);
    known = result.point;
  }
  throw new StorageError({
    operation: 'append',
    message: 'Others kept writing to the session; nothing was recorded',
  });
}

/** Whether the records did not land only because others were faster, which an append at any place does not mind. */
function isOvertaken(
  result: AppendResult,
  call: { readonly params: AppendParams; readonly known: HistoryPoint | null },
): result is Extract<AppendResult, { readonly kind: 'conflict' }> {
  if (result.kind !== 'conflict' || call.params.mode !== 'any') return false;
  // At the very end of the log it is a guard that refused.
  return call.known?.version !== result.point.version;
}

/** One tail after another; what does not fit on a page is left to be read. */
function joined(before: Tail | null, after: Tail): Tail {
  if (before === null) return after;
  const isConnected = before.isComplete;
  const records = isConnected ? [...before.records, ...after.records] : before.records;
  return {
    firstPosition: before.firstPosition,
    records: records.slice(0, MAX_TAIL_RECORDS),
    isComplete: isConnected && after.isComplete && records.length <= MAX_TAIL_RECORDS,
  };
}

function withTail(result: AppendResult, tail: Tail | null): AppendResult {
  return 'tail' in result && tail !== null ? { ...result, tail } : result;
}
