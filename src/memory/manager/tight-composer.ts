import type { MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import { RecallPacker } from '../search/recall-packer.ts';
import type { ComposeRequest } from './composer-settings.ts';
import type { MemoryState } from './memory-state.ts';
import { newestQuestionId } from './open-question.ts';
import { LINE_TOKENS } from './shown-page.ts';

/**
 * Shows what fits when what must not leave does not fit as it is: the newest question and pages that are pinned first, then the
 * newest, cut where they are too long.
 */
export class TightComposer {
  readonly #state: MemoryState;
  readonly #packer: RecallPacker;

  constructor(state: MemoryState) {
    this.#state = state;
    const { countTokens } = state.pages.cutting;
    this.#packer = new RecallPacker({ countTokens, lineTokens: LINE_TOKENS });
  }

  /** The context within the tokens of a request. */
  async compose({
    compactedTokens,
  }: Pick<ComposeRequest, 'compactedTokens'>): Promise<readonly MemoryChange[]> {
    const { table, contents, available } = this.#state;
    const question = newestQuestionId(this.#state);
    if (question !== null) await this.#state.pages.ensure([question, ...table.idsOfTier('L0')]);
    const inContext = table.idsOfTier('L0');
    const isMissing = question !== null && !inContext.includes(question);
    const ids = isMissing ? [...inContext, question] : inContext;
    const comesFirst = (id: string): boolean => id === question || table.lookup(id)?.pin !== 'none';
    const newest = ids.toReversed();
    const wanted = [...newest.filter(comesFirst), ...newest.filter((id) => !comesFirst(id))];
    const packed = this.#packer.pack({
      candidates: wanted.map((id, rank) => ({ id, relevance: 1 - rank / (wanted.length + 1) })),
      textOf: (id) => contents.get(id)?.text ?? null,
      maxTokens: Math.floor(compactedTokens),
      question: '',
    });
    const places = new Map(
      packed.map(({ id, isWhole, maxTokens }): readonly [string, PlacedPage] => {
        const cut = { level: 1, text: null, maxTokens, focus: '' } as const;
        return [id, { pageId: id, form: 'entry', shown: isWhole ? null : cut }];
      }),
    );
    const pages = ids.flatMap((id) => places.get(id) ?? []);
    return [{ kind: 'compacted', cause: 'pressure', pages, available }];
  }
}
