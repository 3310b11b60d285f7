import type { Claim } from '../../domain/claim.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { textPage } from './text-page.ts';

/** The page that shows a claim to a model. */
export function claimPage(claim: Claim): MemoryPage {
  const { claimId, kind, text, subject, status, supersededBy, position } = claim;
  return textPage({
    pageId: claimId,
    text,
    role: claim.role,
    hint: `[${kind}] ${text}`,
    importance: claim.importance,
    provenance: claim.provenance,
    createdAtMs: claim.createdAtMs,
    metadata: { kind, subject, status, supersededBy, position },
  });
}
