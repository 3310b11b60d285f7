import type { MemoryPage } from '../../domain/memory-page.ts';
import { toText } from '../../domain/json.ts';
import { leastJsonLength } from '../../domain/record-limit.ts';
import type { TranscriptEvent } from '../transcript.ts';

/** What a page holds while it is in this process. */
export interface PageContent {
  readonly page: MemoryPage;
  /** What is found, counted and folded. */
  readonly text: string;
  /** The event the page is of, which a turn is rendered from; null for a page of no event. */
  readonly event: TranscriptEvent | null;
}

/** Loads contents that left the process; pages that cannot be had are left out of the answer. */
export type LoadContents = (
  pageIds: readonly string[],
) => Promise<ReadonlyMap<string, PageContent>>;

/** The content of a page that is given as it is. */
export function toPageContent(page: MemoryPage, event: TranscriptEvent | null = null): PageContent {
  return { page, text: pageText(page), event };
}

/** What of a recorded event a turn is rendered from. */
export function toTranscriptEvent({ id, message, source, type }: TranscriptEvent): TranscriptEvent {
  return { id, message, source, type };
}

/** What can be read of a page: its text, or what stands for a medium in words. */
function pageText(page: MemoryPage): string {
  if (page.modality === 'text' || page.modality === 'structured') {
    return page.content === null ? '' : toText(page.content);
  }
  const { caption, transcript, content, scenes } = page;
  const said = [caption, transcript, ...scenes.map(({ description }) => description)];
  const words = said.filter((text): text is string => text !== null && text !== '');
  if (words.length > 0) return words.join('\n');
  return typeof content === 'string' && !isData(content) ? content : '';
}

/** A medium itself is bytes, not words. */
function isData(content: string): boolean {
  return /^(?:data:|https?:)/.test(content);
}

/**
 * The contents that are in this process. Loads that are under way are shared, so that two who need a page read it once.
 */
export class PageContents {
  readonly #held = new Map<string, PageContent>();
  #bytes = 0;
  #losses = 0;
  readonly #loading = new Map<string, Promise<void>>();
  readonly #load: LoadContents;

  constructor(load: LoadContents) {
    this.#load = load;
  }

  /** How many contents are held. */
  get size(): number {
    return this.#held.size;
  }

  /** What they take in UTF-16 units, which is roughly their bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How often a content was let go or replaced: as long as that is the same, all that was here still is, and as it was. */
  get losses(): number {
    return this.#losses;
  }

  /** The content, when it is here. */
  get(pageId: string): PageContent | null {
    return this.#held.get(pageId) ?? null;
  }

  /** Keeps a content until it is dropped. */
  hold(content: PageContent): void {
    const { pageId } = content.page;
    this.drop(pageId);
    this.#held.set(pageId, content);
    this.#bytes += bytesOf(content);
  }

  /** Lets a content go; it is loaded again when it is needed. */
  drop(pageId: string): void {
    const content = this.#held.get(pageId);
    if (content === undefined) return;
    this.#held.delete(pageId);
    this.#losses += 1;
    this.#bytes -= bytesOf(content);
  }

  /** Loads those that are not here, each once however many ask for it at the same time. */
  async ensure(pageIds: readonly string[]): Promise<void> {
    const missing = pageIds.filter((id) => !this.#held.has(id));
    const fresh = missing.filter((id) => !this.#loading.has(id));
    const waits = missing.flatMap((id) => this.#loading.get(id) ?? []);
    if (fresh.length > 0) waits.push(this.#start(fresh));
    await Promise.all(new Set(waits));
  }

  #start(pageIds: readonly string[]): Promise<void> {
    const load = this.#load(pageIds)
      .then((contents) => {
        for (const content of contents.values()) this.hold(content);
      })
      .finally(() => {
        for (const id of pageIds) this.#loading.delete(id);
      });
    for (const id of pageIds) this.#loading.set(id, load);
    return load;
  }
}

/** A text that the page shares with its event counts once. */
function bytesOf({ page, text, event }: PageContent): number {
  const source = event === null ? page.content : event.message;
  return text.length + (source === text ? 0 : leastJsonLength(source));
}

/** When a page came and what it costs with its line. */
export interface PageArrival {
  readonly tokens: number;
  readonly atMs: number;
  /** Whether a search finds it by its own words. Default true. */
  readonly isIndexed?: boolean | undefined;
  /** Whether it says again what other pages say. Default false. */
  readonly isDerived?: boolean | undefined;
}
