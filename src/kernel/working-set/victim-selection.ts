import { GUARD_PINNED, INDEX_NONE, STATUS_IMPOSSIBLE } from '../../../assembly/shared/layout.ts';
import { closeGaps } from './context-seats.ts';
import type { PageColumns } from './page-columns.ts';
import { collectContext, isProtected, seatScore } from './page-scores.ts';
import { evictableTokens } from './page-sums.ts';
import type { ResultList } from './result-list.ts';

// A large context is sieved first, as in the WASM kernel: a sample of the scores tells about where the last victim lies.
const SAMPLES = 128;
const SAMPLE_FROM = 2048;
const SAMPLE_MARGIN = 1.25;
const SAMPLE_SPARE = 8;

/** What is to be freed, and whether freshly protected pages may go when nothing else is left. */
export interface EvictionNeed {
  readonly tokens: number;
  readonly isEmergency: boolean;
}

/** Finds the shortest row of pages that cost something, lowest score first, that frees the need; returns its length or a status. */
export function selectVictims(set: PageColumns, need: EvictionNeed, results: ResultList): number {
  if (need.tokens > evictableTokens(set)) return STATUS_IMPOSSIBLE;
  closeGaps(set);
  let count = collectFree(set, need.tokens, results);
  const sum = results.sum(0, count);
  if (sum >= need.tokens) {
    count = results.selectLeast(0, count, need.tokens);
  } else if (need.isEmergency) {
    results.sort(0, count);
    const end = collectContext(set, { pass: 'protected', limit: Infinity, results, start: count });
    count += results.selectLeast(count, end - count, need.tokens - sum);
  } else {
    return STATUS_IMPOSSIBLE;
  }
  count = dropCostless(results, count);
  seatsToSlots(set, count, results);
  return count;
}

/** Whether that many tokens can be freed. */
export function canReach(set: PageColumns, need: EvictionNeed): boolean {
  const evictable = evictableTokens(set);
  if (need.tokens > evictable) return false;
  if (need.isEmergency || set.turn >= set.hardUntil) return true;
  return need.tokens <= evictable - protectedTokens(set);
}

/** Leaves the results of all pages that may leave, by seat and in order, and returns how many they are. */
export function rankContext(set: PageColumns, isEmergency: boolean, results: ResultList): number {
  closeGaps(set);
  const free = collectContext(set, { pass: 'free', limit: Infinity, results, start: 0 });
  results.sort(0, free);
  if (!isEmergency) return free;
  const end = collectContext(set, { pass: 'protected', limit: Infinity, results, start: free });
  results.sort(free, end - free);
  return end;
}

/** Makes the keys of results, which are seats, into slots. */
export function seatsToSlots(set: PageColumns, count: number, results: ResultList): void {
  for (let index = 0; index < count; index += 1) {
    results.key[index] = set.seatSlot[results.key[index] ?? 0] ?? 0;
  }
}

/** Leaves out pages without tokens: taking them out would lose them for nothing. */
function dropCostless(results: ResultList, count: number): number {
  let kept = 0;
  for (let index = 0; index < count; index += 1) {
    const value = results.value[index] ?? 0;
    if (value === 0) continue;
    results.put(kept, results.score[index] ?? 0, { key: results.key[index] ?? 0, value });
    kept += 1;
  }
  return kept;
}

function collectFree(set: PageColumns, need: number, results: ResultList): number {
  const limit = sampleLimit(set, need, results);
  const count = collectContext(set, { pass: 'free', limit, results, start: 0 });
  if (limit === Infinity || results.sum(0, count) >= need) return count;
  return collectContext(set, { pass: 'free', limit: Infinity, results, start: 0 });
}

function sampleLimit(set: PageColumns, need: number, results: ResultList): number {
  if (set.seatEnd < SAMPLE_FROM) return Infinity;
  const stride = Math.floor(set.seatEnd / SAMPLES);
  let count = 0;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const seat = sample * stride + (stride >>> 1);
    const score = seatScore(set, seat, 'free');
    if (score === Infinity) continue;
    results.put(count, score, { key: seat, value: 0 });
    count += 1;
  }
  const share = need / evictableTokens(set);
  const rank = Math.floor(share * count * SAMPLE_MARGIN) + SAMPLE_SPARE;
  if (rank >= count) return Infinity;
  results.sort(0, count);
  return results.score[rank] ?? Infinity;
}

function protectedTokens(set: PageColumns): number {
  closeGaps(set);
  let sum = 0;
  for (let seat = 0; seat < set.seatEnd; seat += 1) {
    const guard = set.seatGuard[seat] ?? 0;
    if (guard <= set.turn || guard === GUARD_PINNED) continue;
    if (isProtected(set, set.seatSlot[seat] ?? INDEX_NONE)) sum += set.seatTokens[seat] ?? 0;
  }
  return sum;
}
