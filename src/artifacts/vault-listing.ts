import type { SessionKey } from '../domain/ids.ts';
import type { ArtifactInfo, ArtifactStore, ArtifactTier } from './artifact-store.ts';
import { CHECKPOINT_MIME_TYPE } from './checkpoint.ts';
import { PAGE_MIME_TYPE } from './vault-page.ts';

/** Figures about what a vault holds. */
export interface VaultStats {
  readonly backend: string;
  readonly isPersistent: boolean;
  readonly pages: number;
  readonly pagesByTier: Readonly<Record<ArtifactTier, number>>;
  /** Bytes that pages take where they are. */
  readonly pageBytes: number;
  readonly checkpoints: number;
  readonly checkpointBytes: number;
  /** Artifacts of the session that are neither. */
  readonly others: number;
  readonly damaged: number;
}

/** What is known of the artifacts of a session with one MIME type. */
export async function* listInfos(
  store: ArtifactStore,
  key: SessionKey,
  mimeType: string,
): AsyncGenerator<ArtifactInfo, void, undefined> {
  for await (const entry of store.list(key)) {
    if (entry.kind === 'artifact' && entry.mimeType === mimeType) yield entry;
  }
}

/** The figures of one session. */
export async function vaultStats(store: ArtifactStore, key: SessionKey): Promise<VaultStats> {
  const byTier: Record<ArtifactTier, number> = { L3: 0, L4: 0 };
  let [pageBytes, checkpoints, checkpointBytes, others, damaged] = [0, 0, 0, 0, 0];
  for await (const entry of store.list(key)) {
    if (entry.kind === 'damaged') damaged += 1;
    else if (entry.mimeType === PAGE_MIME_TYPE) {
      byTier[entry.tier] += 1;
      pageBytes += entry.storedBytes;
    } else if (entry.mimeType === CHECKPOINT_MIME_TYPE) {
      checkpoints += 1;
      checkpointBytes += entry.storedBytes;
    } else others += 1;
  }
  return {
    backend: store.backend,
    isPersistent: store.isPersistent,
    pages: byTier.L3 + byTier.L4,
    pagesByTier: byTier,
    pageBytes,
    checkpoints,
    checkpointBytes,
    others,
    damaged,
  };
}
