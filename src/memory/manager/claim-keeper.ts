import type { Claim } from '../../domain/claim.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import { ClaimBook } from '../claims/claim-book.ts';
import { claimPage } from '../claims/claim-page.ts';
import type { ExtractClaims } from '../claims/extract-claims.ts';
import type { ManagerCore } from './manager-core.ts';
import type { PageAdmission } from './page-admission.ts';
import { toPageContent } from './page-contents.ts';

/** Makes pages of what messages decide or state, and takes those out of the context that are no longer so. */
export class ClaimKeeper {
  readonly book: ClaimBook;
  readonly #core: ManagerCore;
  readonly #admission: PageAdmission;
  readonly #extract: ExtractClaims;
  readonly #newId: () => string;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: {
    readonly core: ManagerCore;
    readonly admission: PageAdmission;
    readonly extract: ExtractClaims;
    readonly newId: () => string;
    readonly claims?: readonly Claim[] | undefined;
  }) {
    this.#core = parts.core;
    this.#admission = parts.admission;
    this.#extract = parts.extract;
    this.#newId = parts.newId;
    this.book = new ClaimBook({}, parts.claims ?? []);
  }

  /** The claims of a message as pages of the context; their ids, oldest message first. */
  async read({
    pageId,
    pageType,
    role,
    content,
    createdAtMs,
    speaker,
  }: MemoryPage): Promise<readonly string[]> {
    const isSaid = role === 'user' || role === 'assistant';
    if (pageType !== 'transcript' || !isSaid || typeof content !== 'string') return [];
    const extraction = this.#extract({ pageId, role, text: content, createdAtMs, speaker });
    // Kept in the order in which messages came, however long each takes.
    const kept = this.#last.then(async () => {
      const { drafts } = await extraction;
      const ids: string[] = [];
      for (const draft of drafts) {
        const place = { claimId: this.#newId(), position: this.#core.journal.sequence };
        const change = this.book.add(draft, place);
        for (const id of [...change.superseded, ...change.deactivated]) this.#retire(id);
        if (change.isRepeated) continue;
        const { pageId: id } = this.#core.create({
          page: claimPage(change.claim),
          sizeTokens: null,
          isPinned: false,
        });
        ids.push(id);
        if (change.claim.status === 'active') await this.#admission.add(id);
      }
      return ids;
    });
    this.#last = kept.catch(() => null);
    return kept;
  }

  /** A claim that no longer counts leaves the context, and its page says so. */
  #retire(claimId: string): void {
    const { state, journal, room } = this.#core;
    const claim = this.book.find(claimId);
    const entry = state.table.lookup(claimId);
    if (claim === null || entry === null) return;
    if (entry.tier === 'L0') room.evict(claimId, 'claim_superseded');
    if (state.contents.get(claimId) === null) return;
    journal.change(claimId, { type: 'update', cause: 'claim_superseded' }, () => {
      const content = toPageContent(claimPage(claim));
      state.rewritePage(content, state.pages.wholeTokens(content.text));
      state.table.markDirty(claimId);
    });
  }
}
