import { z } from 'zod';
import { MAX_DURATION_MS } from '../config/duration.ts';
import { InvalidInput } from '../domain/errors.ts';
import { MAX_TENANT_ID_LENGTH } from '../domain/ids.ts';
import { type PicoUsd, parseUsd, toPicoUsd, toUsdString } from '../domain/money.ts';
import { parseInput } from '../domain/parse.ts';
import {
  type Quota,
  type QuotaAmount,
  QuotaLedger,
  type QuotaMoment,
} from '../guards/quota-ledger.ts';
import { elapsedMs, systemClock } from './system.ts';

/** What is used, or may be. */
export interface TenantAmount {
  readonly tokens?: number | undefined;
  /** Decimal number of US dollars, 0 or more. */
  readonly costUsd?: string | undefined;
}

/** How quotas are set up. */
export interface QuotaOptions {
  /** Length of a window; windows begin at multiples of it since the Unix epoch. */
  readonly windowMs: number;
  /** What every tenant may use in a window that has none of its own; what is left out has no limit. */
  readonly perTenant?: TenantAmount | undefined;
  /** What single tenants may use. */
  readonly tenants?: Readonly<Record<string, TenantAmount>> | undefined;
  /** After this time a reservation that nobody settled is given back; 10 minutes when not given. */
  readonly holdMs?: number | undefined;
}

/** Something set aside for a call. */
export interface QuotaReservation {
  /** Counts what the call did cost. False when the reservation had expired or was settled before, and nothing is counted. */
  settle(actual: TenantAmount): boolean;
  /** Gives all of it back: the call was not made. */
  release(): boolean;
}

/** What a tenant used in the present window. */
export interface TenantQuotaUsage {
  readonly tokens: number;
  readonly costUsd: string;
  /** Set aside for calls under way. */
  readonly heldTokens: number;
  readonly heldCostUsd: string;
  /** Milliseconds since the Unix epoch. */
  readonly windowEndsAtMs: number;
}

/** Quotas of tenants in this process. */
export interface Quotas {
  /**
   * Sets aside what a call may cost at most.
   * @throws INVALID_INPUT, also for more than the whole quota, which no wait makes room for; OVERLOADED with scope `quota` when it
   * does not fit into what is left of the window.
   */
  reserve(tenant: string, amount: TenantAmount): QuotaReservation;
  usage(tenant: string): TenantQuotaUsage;
}

const DEFAULT_HOLD_MS = 10 * 60_000;

const amountSchema = z.strictObject({
  tokens: z.number().int().nonnegative().optional(),
  costUsd: z.string().max(40).optional(),
});
const tenantSchema = z.string().min(1).max(MAX_TENANT_ID_LENGTH);
const durationMs = z.number().int().positive().max(MAX_DURATION_MS);
const optionsSchema = z.strictObject({
  windowMs: durationMs,
  perTenant: amountSchema.optional(),
  tenants: z.record(tenantSchema, amountSchema).optional(),
  holdMs: durationMs.optional(),
});

/**
 * Quotas of tokens and money per tenant and window, for this process. Calls of which no price is known count their tokens alone.
 * @throws INVALID_INPUT naming the option.
 * @example
 * const quotas = createQuotas({ windowMs: 86_400_000, perTenant: { tokens: 1_000_000, costUsd: '20' } });
 * const reservation = quotas.reserve('acme', { tokens: 4000, costUsd: '0.05' });
 * // ... the call of the model ...
 * reservation.settle({ tokens: 2310, costUsd: '0.0231' });
 */
export function createQuotas(options: QuotaOptions): Quotas {
  const { windowMs, perTenant, tenants, holdMs } = parseInput(optionsSchema, options, 'options');
  const common = quotaOf(perTenant ?? {}, 'options.perTenant');
  const entries = Object.entries(tenants ?? {});
  const own = new Map(
    entries.map(([name, amount]) => [name, quotaOf(amount, `options.tenants.${name}`)]),
  );
  const ledger = new QuotaLedger({
    windowMs,
    holdMs: holdMs ?? DEFAULT_HOLD_MS,
    quotaOf: (tenant) => own.get(tenant) ?? common,
  });
  const clock = systemClock();
  const now = (): QuotaMoment => ({ nowMs: clock.nowMs(), elapsedMs: elapsedMs() });
  return {
    reserve: (tenant, amount) => {
      parseInput(tenantSchema, tenant, 'tenant');
      const id = ledger.reserve(tenant, amountOf(amount, 'amount'), now());
      return {
        settle: (actual) => ledger.settle(id, amountOf(actual, 'actual'), now()),
        release: () => ledger.settle(id, amountOf({}, 'actual'), now()),
      };
    },
    usage: (tenant) => {
      const { used, held, windowEndsAtMs } = ledger.usage(tenant, now());
      const costUsd = toUsdString(toPicoUsd(used.costPico));
      const heldCostUsd = toUsdString(toPicoUsd(held.costPico));
      return {
        tokens: used.tokens,
        costUsd,
        heldTokens: held.tokens,
        heldCostUsd,
        windowEndsAtMs: Math.round(windowEndsAtMs),
      };
    },
  };
}

function quotaOf({ tokens, costUsd }: TenantAmount, field: string): Quota {
  const costPico = costUsd === undefined ? null : costOf(costUsd, field);
  return { tokens: tokens ?? null, costPico };
}

function amountOf(amount: TenantAmount, field: string): QuotaAmount {
  const { tokens = 0, costUsd = '0' } = parseInput(amountSchema, amount, field);
  return { tokens, costPico: costOf(costUsd, field) };
}

/** A cost below nothing would make room for the calls after it. */
function costOf(costUsd: string, amountField: string): PicoUsd {
  const field = `${amountField}.costUsd`;
  const costPico = parseUsd(costUsd, field);
  if (costPico < 0n) throw new InvalidInput({ field, expected: 'at least 0 US dollars' });
  return costPico;
}
