import type { Pagefold } from '../../api/pagefold.ts';
import { addUsd, parseUsdSum, toUsdString } from '../../domain/money.ts';
import { createPriceBook } from '../../pricing/genai-price-book.ts';
import { systemClock } from '../../runtime/system.ts';
import type { PlannedFamily } from '../chat-export/tracking-plan.ts';
import type { Spending } from '../text/figures.ts';
import { findUnpricedModels, type UnpricedModel } from './unpriced-model.ts';

/** Figures of recorded sessions. */
export interface TrackedFigures extends Spending {
  readonly sessions: number;
  /** Of the user and the model. */
  readonly messages: number;
  readonly toolCalls: number;
  /** Of the recorded content; system prompts and summaries are not among them. */
  readonly tokens: number;
  /** A branch counts those it shares. */
  readonly segments: number;
}

/** What one tenant's sessions hold. */
export interface TrackedTenant extends TrackedFigures {
  readonly tenant: string;
}

/** What was recorded, by tenant and in all. */
export interface TrackingReport {
  readonly tenants: readonly TrackedTenant[];
  readonly totals: TrackedFigures & {
    readonly tenants: number;
    /** How long recording took. */
    readonly elapsedMs: number;
    readonly messagesPerSecond: number;
  };
  /** Why calls have no price. */
  readonly unpriced: readonly UnpricedModel[];
}

const NOTHING: TrackedFigures = {
  sessions: 0,
  messages: 0,
  toolCalls: 0,
  tokens: 0,
  costUsd: '0',
  pricedCalls: 0,
  unpricedCalls: 0,
  segments: 0,
};

/** Asks the store what it holds now; tenants in the order in which the exports name them. */
export async function reportTracking(
  pagefold: Pagefold,
  recorded: { readonly families: readonly PlannedFamily[]; readonly elapsedMs: number },
): Promise<TrackingReport> {
  const tenants: TrackedTenant[] = [];
  for (const [tenant, sessionIds] of idsByTenant(recorded.families)) {
    // In order: asking a store in memory for everything at once only takes more of it.
    tenants.push(await reportTenant(pagefold, tenant, sessionIds));
  }
  const totals = tenants.reduce<TrackedFigures>(add, NOTHING);
  const seconds = recorded.elapsedMs / 1000;
  return {
    tenants,
    totals: {
      tenants: tenants.length,
      ...totals,
      elapsedMs: Math.round(recorded.elapsedMs),
      messagesPerSecond: seconds > 0 ? Math.round(totals.messages / seconds) : 0,
    },
    unpriced:
      totals.unpricedCalls === 0
        ? []
        : findUnpricedModels(recorded.families, createPriceBook(), systemClock().nowMs()),
  };
}

function idsByTenant(families: readonly PlannedFamily[]): ReadonlyMap<string, readonly string[]> {
  const ids = new Map<string, string[]>();
  for (const { tenant, sessionId } of families.flat()) {
    const present = ids.get(tenant);
    if (present === undefined) ids.set(tenant, [sessionId]);
    else present.push(sessionId);
  }
  return ids;
}

async function reportTenant(
  pagefold: Pagefold,
  tenant: string,
  sessionIds: readonly string[],
): Promise<TrackedTenant> {
  const { messages, toolCalls, tokens, costUsd } = await pagefold.tenantUsage(tenant);
  let calls = { pricedCalls: 0, unpricedCalls: 0, segments: 0 };
  for (const sessionId of sessionIds) {
    // In order: asking a store in memory for everything at once only takes more of it.
    const stats = await pagefold.session(sessionId, { tenant }).getStats();
    calls = {
      pricedCalls: calls.pricedCalls + stats.pricedCalls,
      unpricedCalls: calls.unpricedCalls + stats.unpricedCalls,
      segments: calls.segments + stats.sessionSegments,
    };
  }
  return { tenant, sessions: sessionIds.length, messages, toolCalls, tokens, costUsd, ...calls };
}

function add(left: TrackedFigures, right: TrackedFigures): TrackedFigures {
  return {
    sessions: left.sessions + right.sessions,
    messages: left.messages + right.messages,
    toolCalls: left.toolCalls + right.toolCalls,
    tokens: left.tokens + right.tokens,
    costUsd: toUsdString(addUsd(parseUsdSum(left.costUsd), parseUsdSum(right.costUsd))),
    pricedCalls: left.pricedCalls + right.pricedCalls,
    unpricedCalls: left.unpricedCalls + right.unpricedCalls,
    segments: left.segments + right.segments,
  };
}
