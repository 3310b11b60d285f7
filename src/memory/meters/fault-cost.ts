import type { StorageTier } from '../../domain/page.ts';

/** What loading from a tier costs, whatever is loaded and for each byte of it. */
export interface TierCost {
  readonly latencyMs: number;
  readonly bytesPerMs: number;
  /** In US dollars for each gigabyte. */
  readonly usdPerGb: number;
}

/** What it costs to load a page. */
export interface FaultCost {
  readonly tier: StorageTier;
  readonly latencyMs: number;
  readonly bandwidthBytes: number;
  readonly monetaryCostUsd: number;
}

/**
 * Orders of magnitude: memory of the process, a store in the same network, a file or object storage (about 10 ms to the first
 * byte and 100 MB/s), an archive. Traffic out of an object storage costs about 0.09 US dollars for each gigabyte in 2026.
 */
export const TIER_COSTS: Readonly<Record<StorageTier, TierCost>> = {
  L0: { latencyMs: 0, bytesPerMs: Infinity, usdPerGb: 0 },
  L1: { latencyMs: 0.01, bytesPerMs: 1_000_000, usdPerGb: 0 },
  L2: { latencyMs: 1, bytesPerMs: 500_000, usdPerGb: 0 },
  L3: { latencyMs: 10, bytesPerMs: 100_000, usdPerGb: 0.01 },
  L4: { latencyMs: 200, bytesPerMs: 50_000, usdPerGb: 0.09 },
};
const GB = 1_000_000_000;
/** A wait that a reader notices makes half of the highest weight. */
const NOTICED_MS = 100;
/** What a wait of {@link NOTICED_MS} is worth when it is compared with money. */
const USD_OF_NOTICED = 0.001;

/** What it costs to load this many bytes from a tier. */
export function faultCost(
  tier: StorageTier,
  bytes: number,
  costs: Readonly<Record<StorageTier, TierCost>> = TIER_COSTS,
): FaultCost {
  const { latencyMs, bytesPerMs, usdPerGb } = costs[tier];
  return {
    tier,
    latencyMs: latencyMs + bytes / bytesPerMs,
    bandwidthBytes: tier === 'L0' ? 0 : bytes,
    monetaryCostUsd: (bytes / GB) * usdPerGb,
  };
}

/** How much a cost speaks against evicting a page, from 0 to less than 1: a page that is dear to load again stays longer. */
export function refetchWeight({ latencyMs, monetaryCostUsd }: FaultCost): number {
  const burden = latencyMs / NOTICED_MS + monetaryCostUsd / USD_OF_NOTICED;
  return burden / (1 + burden);
}
