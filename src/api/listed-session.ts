import { toPicoUsd, toUsdString } from '../domain/money.ts';
import type { ListPage, SessionHead, UsageCounters } from '../store/store.ts';

/** What was recorded, and what it cost. */
export interface RecordedUsage {
  readonly events: number;
  readonly messages: number;
  readonly toolCalls: number;
  /** Calls to a model whose price nobody knows; what they cost is not in `costUsd`. */
  readonly unpricedCalls: number;
  readonly tokens: number;
  /** US dollars, exact. */
  readonly costUsd: string;
}

/** One session of a listing, without its content; ready for `JSON.stringify`. */
export interface ListedSession extends Omit<SessionHead, 'counters'> {
  readonly counters: RecordedUsage;
}

/** One page of a listing; `cursor` is null on the last page. */
export interface SessionPage {
  readonly heads: readonly ListedSession[];
  readonly cursor: string | null;
}

/** A page of a store's listing as callers get it. */
export function toSessionPage({ heads, cursor }: ListPage): SessionPage {
  return { heads: heads.map(toListedSession), cursor };
}

/** A store's sums as callers get them. */
export function toRecordedUsage({ costPico, ...counts }: UsageCounters): RecordedUsage {
  return { ...counts, costUsd: toUsdString(toPicoUsd(costPico)) };
}

function toListedSession({ counters, ...head }: SessionHead): ListedSession {
  return { ...head, counters: toRecordedUsage(counters) };
}
