import {
  type ArchivedContent,
  type ArchivedPart,
  partCount,
  partId,
  partPrefix,
  readPartId,
} from '../../domain/archived-content.ts';
import type { MemoryPage } from '../../domain/memory-page.ts';
import type { PageTable } from '../table/page-table.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** Bytes of a token, as long as nobody has counted. */
const BYTES_A_TOKEN = 4;
/** What was said or given counts as it is; the excerpt of it stands for all of its parts. */
const IMPORTANCE = 0.3;

/** The pages of archived content: one for each of its parts, known to the memory and read from the archive when it is needed. */
export class ArchivedPages {
  readonly #table: PageTable;
  readonly #contents = new Map<
    string,
    { readonly content: ArchivedContent; readonly of: MemoryPage }
  >();

  constructor(table: PageTable) {
    this.#table = table;
  }

  /** Takes in the parts of what a page shows an excerpt of. */
  take(content: ArchivedContent, of: MemoryPage): void {
    const prefix = partPrefix(content);
    // The same content may be recorded again.
    if (this.#contents.has(prefix)) return;
    this.#contents.set(prefix, { content, of });
    const tokens = Math.ceil(content.partBytes / BYTES_A_TOKEN) + LINE_TOKENS;
    for (let number = 1; number <= partCount(content); number += 1) {
      const { content: _, ...card } = partPage({ content, number }, { of, text: '' });
      const atMs = of.createdAtMs;
      const stored = { tier: 'L3', isResident: false, artifactId: content.artifactId } as const;
      this.#table.register({ card, tokens, atMs, ...stored });
    }
  }

  /** The part that a page is of; null for other pages. */
  find(pageId: string): ArchivedPart | null {
    const read = readPartId(pageId);
    const known = read === null ? undefined : this.#contents.get(read.prefix);
    if (read === null || known === undefined) return null;
    return { content: known.content, number: read.number };
  }

  /** The page of a part with its text; null where there is no such part. */
  pageOf(pageId: string, text: string): MemoryPage | null {
    const part = this.find(pageId);
    const known = part === null ? undefined : this.#contents.get(partPrefix(part.content));
    return part === null || known === undefined ? null : partPage(part, { of: known.of, text });
  }
}

function partPage(
  part: ArchivedPart,
  { of, text }: { readonly of: MemoryPage; readonly text: string },
): MemoryPage {
  const { content, number } = part;
  return {
    ...of,
    pageId: partId(part),
    pageType: 'artifact',
    content: text,
    provenance: [of.pageId],
    importance: IMPORTANCE,
    hint: `[part ${number} of ${partCount(content)}] ${of.hint}`,
    mimeType: content.mimeType,
    sizeBytes: content.sizeBytes,
  };
}
