import { largeContent } from '../domain/large-content.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { RecordInput } from './record-input.ts';

/** Whose large content goes where. */
export interface LargeRecordsParts {
  readonly key: SessionKey;
  /** Content of so many UTF-16 units stays in the record. */
  readonly maxLength: number;
  readonly runtime: () => Pick<Runtime, 'archive' | 'track'>;
}

/**
 * Brings large content to the archive before the event is recorded that names it. Calls go on in the order in which they were
 * made: those behind one with large content wait until that is stored.
 */
export class LargeRecords {
  readonly #parts: LargeRecordsParts;
  /** Settles once the latest call that had to wait has gone on; null when none waits. */
  #last: Promise<void> | null = null;

  constructor(parts: LargeRecordsParts) {
    this.#parts = parts;
  }

  /** Records an event, with an excerpt in the place of content that is too large. @throws what the archive and `record` throw */
  run<T>(input: RecordInput, record: (ready: RecordInput) => Promise<T>): Promise<T> {
    const { archive } = this.#parts.runtime();
    if (archive === null) return record(input);
    const content = largeContent(input.event, this.#parts.maxLength);
    if (content === null && this.#last === null) return record(input);
    const { runtime, key } = this.#parts;
    const ready = content === null ? null : archive.put(key, input.event, content);
    return runtime().track(() =>
      this.#inOrder(async () => {
        const stored = await ready;
        return stored === null ? input : { ...input, event: { ...input.event, ...stored } };
      }, record),
    );
  }

  async #inOrder<T>(
    prepare: () => Promise<RecordInput>,
    record: (ready: RecordInput) => Promise<T>,
  ): Promise<T> {
    const before = this.#last;
    // At once, or one that fails early would have nobody who hears of it.
    const prepared = prepare();
    const started = this.#startAfter(before, prepared, record);
    const last = Promise.allSettled([before, started]).then(() => undefined);
    this.#last = last;
    try {
      return await (
        await started
      ).outcome;
    } finally {
      if (this.#last === last) this.#last = null;
    }
  }

  /** Its outcome in an object, which is there as soon as the call was made. */
  async #startAfter<T>(
    before: Promise<void> | null,
    prepared: Promise<RecordInput>,
    record: (ready: RecordInput) => Promise<T>,
  ): Promise<{ readonly outcome: Promise<T> }> {
    const [ready] = await Promise.all([prepared, before]);
    return { outcome: record(ready) };
  }
}
