import type { ArtifactStats, ArtifactTier, ListedArtifact, TierStats } from './artifact-store.ts';

/** The figures of a listing. */
export async function statsOf(
  artifacts: AsyncIterable<ListedArtifact>,
  backend: Pick<ArtifactStats, 'backend' | 'isPersistent'>,
): Promise<ArtifactStats> {
  const tiers: Record<ArtifactTier, TierStats> = { L3: NOTHING, L4: NOTHING };
  let damaged = 0;
  for await (const entry of artifacts) {
    if (entry.kind === 'damaged') damaged += 1;
    else tiers[entry.tier] = withArtifact(tiers[entry.tier], entry);
  }
  return { backend: backend.backend, isPersistent: backend.isPersistent, tiers, damaged };
}

const NOTHING: TierStats = { artifacts: 0, sizeBytes: 0, storedBytes: 0 };

function withArtifact(
  sum: TierStats,
  { sizeBytes, storedBytes }: Pick<TierStats, 'sizeBytes' | 'storedBytes'>,
): TierStats {
  return {
    artifacts: sum.artifacts + 1,
    sizeBytes: sum.sizeBytes + sizeBytes,
    storedBytes: sum.storedBytes + storedBytes,
  };
}
