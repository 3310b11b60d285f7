import type { Claim, ClaimKind } from '../../domain/claim.ts';
import { ClaimBook } from '../claims/claim-book.ts';
import { type ClaimExtractor, createClaimExtractor } from '../claims/claim-extractor.ts';
import { claimPage } from '../claims/claim-page.ts';
import type { MemoryState } from './memory-state.ts';
import { type PageContent, toPageContent } from './page-contents.ts';

/** Claims that stay in every context; what somebody likes or is called is found when it is asked for. */
const PINNED_KINDS: ReadonlySet<ClaimKind> = new Set(['decision', 'plan', 'correction']);

/**
 * The claims of a session: what was decided and what is so, found in its messages as they are heard. The same messages give the
 * same claims, so nothing of them has to be recorded.
 */
export class SessionClaims {
  readonly #state: MemoryState;
  readonly #book: ClaimBook = new ClaimBook();
  readonly #extractor: ClaimExtractor = defaultExtractor();
  /** Claims that somebody unpinned. */
  readonly #loose = new Set<string>();

  constructor(state: MemoryState) {
    this.#state = state;
  }

  /** Finds the claims of a message; those that it takes the place of are no longer kept in the context. */
  hear({ page, text }: PageContent, position: number): void {
    const { pageId, role, createdAtMs, speaker } = page;
    if (role === null) return;
    const drafts = this.#extractor.extract({ pageId, role, text, createdAtMs, speaker });
    for (const [place, draft] of drafts.entries()) {
      const claimId = place === 0 ? `claim_${position}` : `claim_${position}_${place + 1}`;
      const change = this.#book.add(draft, { claimId, position });
      if (!change.isRepeated) this.#add(change.claim);
      for (const id of [...change.superseded, ...change.deactivated]) this.#settle(id);
      for (const id of change.reactivated) this.#settle(id);
    }
  }

  /** No longer keeps a claim in the context, whatever becomes of it. */
  letGo(pageId: string): void {
    if (this.#book.find(pageId) !== null) this.#loose.add(pageId);
  }

  #add(claim: Claim): void {
    const content = toPageContent(claimPage(claim));
    const tokens = this.#state.pages.wholeTokens(content.text);
    // Its words stand in the message it was found in, so a search finds that one.
    const arrival = { tokens, atMs: claim.createdAtMs, isIndexed: false, isDerived: true };
    this.#state.pages.add(content, arrival);
    this.#pin(claim);
  }

  /** Brings the page of a claim up to what the claim is now. */
  #settle(claimId: string): void {
    const claim = this.#book.find(claimId);
    if (claim === null || !this.#state.table.has(claimId)) return;
    const content = toPageContent(claimPage(claim));
    this.#state.rewritePage(content, this.#state.pages.wholeTokens(content.text));
    this.#pin(claim);
  }

  #pin({ claimId, kind, status }: Claim): void {
    const { table } = this.#state;
    const isKept = status === 'active' && PINNED_KINDS.has(kind) && !this.#loose.has(claimId);
    if (isKept) table.pin(claimId, 'page');
    else table.release(claimId, 'page');
  }
}

let shared: ClaimExtractor | null = null;

/** It holds no state, and its rules take longer to prepare than a short session to read. */
function defaultExtractor(): ClaimExtractor {
  shared ??= createClaimExtractor();
  return shared;
}
