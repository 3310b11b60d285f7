import type { UsageCounters } from '../session-head.ts';
import { toNumber } from './redis-reply.ts';

/** A number of Lua is exact up to 2^53, so a cost travels in two parts; the scripts carry from one to the other. */
const COST_BASE = 10n ** 15n;

/** Counters as the scripts add them up. */
export function toUsageText(counters: UsageCounters): string {
  const { events, messages, toolCalls, unpricedCalls, tokens, costPico } = counters;
  const cost = [costPico / COST_BASE, costPico % COST_BASE];
  return [events, messages, toolCalls, unpricedCalls, tokens, ...cost].join(' ');
}

/** The counters of a text; all zero for none. */
export function parseUsageText(text: string): UsageCounters {
  const parts = text.split(' ');
  const count = (index: number): number => toNumber(parts[index] ?? '0');
  return {
    events: count(0),
    messages: count(1),
    toolCalls: count(2),
    unpricedCalls: count(3),
    tokens: count(4),
    costPico: BigInt(parts[5] ?? '0') * COST_BASE + BigInt(parts[6] ?? '0'),
  };
}
