import { abortedError, watchWait } from '../runtime/caller-wait.ts';
import type { CallOptions } from '../actors/envelope.ts';
import type { Clock } from '../domain/clock.ts';
import { largeContent } from '../domain/large-content.ts';
import type { SessionKey } from '../domain/ids.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { RecordInput } from './record-input.ts';
import { callOptions } from './wait.ts';

/** Whose large content goes where. */
export interface LargeRecordsParts {
  readonly key: SessionKey;
  /** Content of so many UTF-16 units stays in the record. */
  readonly maxLength: number;
  readonly runtime: () => Pick<Runtime, 'archive' | 'track' | 'executor' | 'clock' | 'counter'>;
}

/**
 * Brings large content to the archive before the event is recorded that names it. Calls go on in the order in which they were
 * made: those behind one with large content wait until that is stored.
 */
export class LargeRecords {
  readonly #parts: LargeRecordsParts;
  /** Settles once the latest call that had to wait has gone on; null when none waits. */
  #last: Promise<void> | null = null;
  #waiting = 0;

  constructor(parts: LargeRecordsParts) {
    this.#parts = parts;
  }

  /**
   * Records an event, with an excerpt in the place of content that is too large.
   * @throws OVERLOADED, ABORTED, DEADLINE_EXCEEDED before anything is recorded, and what the archive and `record` throw.
   */
  async run<T>(input: RecordInput, record: (ready: RecordInput) => Promise<T>): Promise<T> {
    const { archive } = this.#parts.runtime();
    if (archive === null) return record(input);
    const content = largeContent(input.event, this.#parts.maxLength);
    if (content === null && this.#last === null) return record(input);
    const { runtime, key } = this.#parts;
    const { executor, clock, counter, track } = runtime();
    const { model, source, reportedUsage } = input.event;
    const options = callOptions(input.wait, clock);
    if (options.signal?.aborted === true) throw abortedError(options.signal);
    const length = content?.text.length ?? 0;
    // In the queue of the session like every other call, and in the end it takes its place there.
    const giveBack = executor.reserve({ key, length, waiting: this.#waiting });
    this.#waiting += 1;
    let hasLeft = false;
    const leave = (): void => {
      if (hasLeft) return;
      hasLeft = true;
      this.#waiting -= 1;
      giveBack();
    };
    const ready = content === null ? null : archive.put(key, input.event, content);
    const prepare = async (): Promise<RecordInput> => {
      const stored = await ready;
      if (content === null || stored === null) return input;
      const isAnswer = source === 'llm' && model !== null && reportedUsage === null;
      const archivedTokens = isAnswer ? counter.count(content.text, model).tokens : undefined;
      return { ...input, event: { ...input.event, ...stored, archivedTokens } };
    };
    return track(() => this.#inOrder(prepare(), { record, leave, wait: { options, clock } }));
  }

  async #inOrder<T>(prepared: Promise<RecordInput>, call: WaitingCall<T>): Promise<T> {
    const before = this.#last;
    const started = this.#startAfter(before, prepared, call);
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
    { record, leave, wait }: WaitingCall<T>,
  ): Promise<{ readonly outcome: Promise<T> }> {
    try {
      const [ready] = await withinWait(Promise.all([prepared, before]), wait);
      // Before the record takes its own place, or what is held here would keep it out; in one go, so that nobody takes the room.
      leave();
      return { outcome: record(ready) };
    } finally {
      leave(); // Also when it never came to that.
    }
  }
}

/** A call behind content that is being stored. */
interface WaitingCall<T> {
  readonly record: (ready: RecordInput) => Promise<T>;
  /** Gives its place back; later calls of it do nothing. */
  readonly leave: () => void;
  readonly wait: { readonly options: CallOptions; readonly clock: Clock };
}

/** What comes of work, unless the wait of the call is over before. */
function withinWait<T>(work: Promise<T>, wait: WaitingCall<T>['wait']): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const unwatch = watchWait(wait, reject);
    work.then(resolve, reject).finally(unwatch);
  });
}
