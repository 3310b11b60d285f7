import { type HistoryEntry, summarisedSegment, summaryEventId } from '../domain/recorded-event.ts';

/** Of a log that is read from the beginning of a range on: the range, and what comes after it and corrects it. */
export class RangeEntries {
  readonly entries: HistoryEntry[] = [];
  /** The segment in which the range begins; null as long as none has closed since. */
  firstSegment: number | null = null;
  readonly #sessionId: string;
  readonly #toPosition: number;
  /** Ids that name an event of the range, and none after it. */
  readonly #ids: Set<string> = new Set();
  /** Segments that closed after the range; what is said of them corrects nothing in it. */
  readonly #laterSegments: Set<number> = new Set();

  constructor(params: { readonly sessionId: string; readonly toPosition: number }) {
    this.#sessionId = params.sessionId;
    this.#toPosition = params.toPosition;
  }

  /** Takes the next entry of the log, and keeps it or not. */
  add(entry: HistoryEntry): void {
    const { event, position } = entry;
    if (event.type === 'segment-closed') this.firstSegment ??= event.segment;
    if (position > this.#toPosition) return this.#addLater(entry);
    if (event.type === 'event-recorded') this.#ids.add(event.event.id);
    if (event.type === 'segment-closed')
      this.#ids.add(summaryEventId(this.#sessionId, event.segment));
    this.entries.push(entry);
  }

  #addLater(entry: HistoryEntry): void {
    const { event } = entry;
    switch (event.type) {
      case 'event-recorded':
        // From here on the id names this later event.
        this.#ids.delete(event.event.id);
        return;
      case 'segment-closed':
        this.#laterSegments.add(event.segment);
        return;
      case 'event-usage-changed':
        if (event.eventPosition <= this.#toPosition) this.entries.push(entry);
        return;
      case 'event-metadata-changed':
        if (this.#isInRange(event.eventId)) this.entries.push(entry);
        return;
      case 'summary-applied':
        if (!this.#laterSegments.has(event.segment)) this.entries.push(entry);
        return;
      default:
        return;
    }
  }

  /** A summary may also be named as it was in the session that the history comes from. */
  #isInRange(eventId: string): boolean {
    if (this.#ids.has(eventId)) return true;
    const segment = summarisedSegment(eventId);
    return segment !== null && this.#ids.has(summaryEventId(this.#sessionId, segment));
  }
}
