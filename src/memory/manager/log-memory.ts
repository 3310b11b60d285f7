import type { MemoryChange, PlacedPage } from '../../domain/memory-change.ts';
import type { HistoryEntry } from '../../domain/recorded-event.ts';
import { ArchivedPages } from './archived-pages.ts';
import { ContextMemo } from './context-memo.ts';
import { toPageContent, type PageContent } from './page-contents.ts';
import type { MemoryState } from './memory-state.ts';
import { SessionClaims } from './session-claims.ts';
import { placesOf } from './placed-pages.ts';
import { recordedPages } from './recorded-page.ts';
import { positionOfPage } from './session-page.ts';
import { LINE_TOKENS } from './shown-page.ts';

/** Entries that wait for the next compaction at most; more of them join the context one after the other. */
const MAX_WAITING = 4_096;
/** Summaries that stay in the context. */
const PINNED_SUMMARIES = 2;

/** Pages that were loaded into the context. */
type Load = Extract<MemoryChange, { kind: 'faulted' }>;

/** When a change was made, and the record that says so. */
interface ChangePlace {
  readonly atMs: number;
  readonly position: number;
}

/**
 * A memory that follows the log of a session. What the log says of the context before its latest compaction makes no difference
 * for what is shown, so a reader who comes late passes over it.
 */
export class LogMemory {
  readonly state: MemoryState;
  /** The latest record that was taken in. */
  #position = 0;
  #revision = 0;
  #systemPrompt: string | null = null;
  #waiting: HistoryEntry[] = [];
  /** What was loaded in the open turn before the latest compaction; it counts although nothing of it is shown. */
  #passedFaults: Load[] = [];
  readonly #summaries: string[] = [];
  /** The latest records of pages whose ids do not tell them: summaries and notes. */
  readonly #records = new Map<string, number>();
  readonly #claims: SessionClaims | null;
  /** The parts of content that is in the archive. */
  readonly archived: ArchivedPages;
  /** Of the contexts that were built from it, by whomever. */
  readonly contexts: ContextMemo = new ContextMemo();

  constructor(state: MemoryState, options: { readonly findsClaims: boolean }) {
    this.state = state;
    this.archived = new ArchivedPages(state.table);
    this.#claims = options.findsClaims ? new SessionClaims(state) : null;
  }

  /** The latest record that was taken in; 0 before the first. */
  get position(): number {
    return this.#position;
  }

  /** The system prompt as the latest record says. */
  get systemPrompt(): string | null {
    return this.#systemPrompt;
  }

  /** Changes of the memory that were taken in. */
  get revision(): number {
    return this.#revision;
  }

  /** What its contents, and what was made of them for contexts, take in UTF-16 units: roughly its bytes. */
  get bytes(): number {
    return this.state.contents.bytes + this.contexts.bytes;
  }

  /** The position of the record that holds the content of a page; null where none does. */
  recordOf(pageId: string): number | null {
    return positionOfPage(pageId) ?? this.#records.get(pageId) ?? null;
  }

  /** The tier in which the content of a page stays and can be read again; null where it cannot. */
  homeOf(pageId: string): 'L2' | 'L3' | null {
    if (this.archived.find(pageId) !== null) return 'L3';
    return this.recordOf(pageId) === null ? null : 'L2';
  }

  /** Takes in the next records of the log; {@link settle} has to follow before anything is read. */
  async absorb(entries: readonly HistoryEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#position = entry.position;
      if (entry.event.type === 'memory-changed') this.#revision += 1;
      const isCompaction =
        entry.event.type === 'memory-changed' &&
        entry.event.changes.some(({ kind }) => kind === 'compacted');
      if (isCompaction) this.#passOver();
      this.#waiting.push(entry);
      // In order: each changes what the next finds.
      if (this.#waiting.length > MAX_WAITING) await this.settle();
    }
  }

  /** Brings the context up to the latest record. Where that fails, as when a store does not answer, the rest waits for the next try. */
  async settle(): Promise<void> {
    await this.#countPassedFaults();
    let taken = 0;
    try {
      for (const { event, position } of this.#waiting) {
        if (event.type === 'memory-changed')
          await this.#apply(event.changes, { atMs: event.atMs, position });
        else this.#take({ event, position }, true);
        taken += 1;
      }
    } finally {
      this.#waiting = this.#waiting.slice(taken);
    }
  }

  /** All contents are here before the first change is made, so that nothing is ever made by halves. */
  async #apply(changes: readonly MemoryChange[], at: ChangePlace): Promise<void> {
    const placed = placesOf(changes);
    if (placed.length > 0) await this.state.pages.ensure(placed.map(pageIdOf));
    for (const change of changes) this.#make(change, at);
  }

  /** Takes in pages without their places, since a compaction follows that says what stays. */
  #passOver(): void {
    for (const { event, position } of this.#waiting) {
      if (event.type !== 'memory-changed') {
        this.#take({ event, position }, false);
        continue;
      }
      for (const change of event.changes)
        this.#passOverChange(change, { atMs: event.atMs, position });
    }
    this.#waiting = [];
  }

  #passOverChange(change: MemoryChange, at: ChangePlace): void {
    if (change.kind === 'compacted') return this.state.noteCompaction(change);
    if (change.kind !== 'faulted') return this.#make(change, at);
    noteLookup(this.state, change);
    noteLoaded(this.state, change);
    if (change.actor === 'model') this.#passedFaults.push(change);
  }

  #make(change: MemoryChange, { atMs, position }: ChangePlace): void {
    if (change.kind === 'written') this.#records.set(change.page.pageId, position);
    applyChange(this.state, change, atMs);
    if (change.kind === 'pinned' && !change.isPinned) this.#letGo(change.pageId);
  }

  /** Somebody wants a page to be able to leave, whatever it is. */
  #letGo(pageId: string): void {
    const { table } = this.state;
    if (table.has(pageId)) table.release(pageId, 'page');
    this.#claims?.letGo(pageId);
  }

  async #countPassedFaults(): Promise<void> {
    const passed = this.#passedFaults;
    if (passed.length === 0) return;
    await this.state.pages.ensure(passed.flatMap(({ pages }) => pages.map(pageIdOf)));
    this.#passedFaults = [];
    for (const change of passed) countFaults(this.state, change);
  }

  #take(entry: HistoryEntry, joins: boolean): void {
    const { event, position } = entry;
    const [content] = recordedPages(entry);
    switch (event.type) {
      case 'event-recorded': {
        if (content === undefined) return;
        if (content.page.role === 'user') this.#passedFaults = [];
        const tokens = event.event.contentTokens + LINE_TOKENS;
        if (joins) this.state.joinPage(content, { tokens, atMs: event.atMs });
        else this.state.hearPage(content, { tokens, atMs: event.atMs });
        this.#claims?.hear(content, position);
        if (event.event.archive !== undefined)
          this.archived.take(event.event.archive, content.page);
        return;
      }
      case 'segment-closed':
      case 'summary-applied': {
        if (content === undefined) return;
        this.#records.set(content.page.pageId, position);
        const tokens = event.summary.tokens + LINE_TOKENS;
        if (event.type === 'summary-applied') {
          this.state.rewritePage(content, tokens);
          return;
        }
        this.state.pages.add(content, { tokens, atMs: event.atMs, isDerived: true });
        this.#pinSummary(content);
        return;
      }
      case 'system-prompt-changed':
        this.#systemPrompt = event.systemPrompt;
        return;
      default:
    }
  }

  /** The latest summaries stay in the context; what they stand for is older than all that is shown. */
  #pinSummary({ page }: PageContent): void {
    const { table } = this.state;
    table.pin(page.pageId, 'page');
    this.#summaries.push(page.pageId);
    if (this.#summaries.length <= PINNED_SUMMARIES) return;
    const [oldest] = this.#summaries.splice(0, 1);
    if (oldest !== undefined) table.release(oldest, 'page');
  }
}

/** Makes one change; contents have to be here. */
function applyChange(state: MemoryState, change: MemoryChange, atMs: number): void {
  switch (change.kind) {
    case 'compacted':
      return state.replaceContext(change, atMs);
    case 'faulted':
      state.appendPages(change.pages, { atMs, before: change.before });
      noteLookup(state, change);
      noteLoaded(state, change);
      countFaults(state, change);
      return;
    case 'pinned':
      return state.setPinned(change.pageId, change.isPinned);
    case 'kept':
      return state.loads.noteLoaded(change.pageId);
    case 'fault-failed':
      return state.loads.countFailure();
    case 'written':
      return state.writePage(toPageContent(change.page), atMs);
    default:
  }
}

/** What a page takes at a place, its line included; contents have to be here. */
function tokensOfPlace(state: MemoryState, place: PlacedPage): number {
  const whole = state.table.lookup(place.pageId)?.levelTokens[0] ?? 0;
  return state.places.shownOf(place)?.tokens ?? whole;
}

/** Notes what was loaded for what was said, and when it was for what the open turn asks. */
function noteLookup(state: MemoryState, { actor, reason, question }: Load): void {
  if (actor !== 'system') return;
  // Pinned pages, which are brought in for no question, are no news.
  if (question !== undefined) state.loads.noteLooked(question);
  if (reason === 'user_requested_recall') state.loads.noteRecall(question ?? null);
}

/** Notes what somebody wants to see in the open turn. */
function noteLoaded({ loads }: MemoryState, { actor, pages }: Load): void {
  if (actor === 'system') return;
  for (const { pageId } of pages) loads.noteLoaded(pageId);
}

/** Counts what the model loaded; contents have to be here. */
function countFaults(state: MemoryState, { actor, pages }: Load): void {
  if (actor !== 'model') return;
  for (const place of pages) state.loads.countFault(tokensOfPlace(state, place));
}

function pageIdOf({ pageId }: PlacedPage): string {
  return pageId;
}
