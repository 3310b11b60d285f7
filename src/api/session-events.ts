import { z } from 'zod';
import { InvalidInput, PagefoldError } from '../domain/errors.ts';
import { parseInput } from '../domain/parse.ts';
import { EVENT_TYPES, type EventType } from '../domain/session-event.ts';
import {
  type RecordedEvent,
  type Session,
  tokenUsageByRun,
  tokenUsageBySource,
} from '../domain/session.ts';
import type { TokenSummary } from '../domain/token-summary.ts';
import { readRecordedEvent, readRecordedEvents } from './event-reader.ts';
import { type MetadataChange, parseMetadataChange } from './metadata-change.ts';
import type { SessionHandle } from './session-handle.ts';
import { type ReadSource, readSession } from './session-reader.ts';
import {
  correctedFigures,
  parseCorrection,
  type ParsedCorrection,
  type UsageCorrection,
} from './usage-correction.ts';

/** Which events to go through; every given condition must hold. */
export interface EventFilter {
  /** First and last position, both included. */
  readonly fromPosition?: number | undefined;
  readonly toPosition?: number | undefined;
  readonly types?: readonly EventType[] | undefined;
}

const position = z.number().int().positive().optional();
const filterSchema = z.strictObject({
  fromPosition: position,
  toPosition: position,
  types: z.array(z.enum(EVENT_TYPES)).optional(),
});

/** Times a correction is tried when the same event, or very many others, are corrected meanwhile. */
const CORRECTION_ROUNDS = 64;

/** The recorded events of a session. What a session holds that was not written yet is nothing. */
export class SessionEvents {
  readonly #handle: SessionHandle;

  constructor(handle: SessionHandle) {
    this.#handle = handle;
  }

  /** Goes through the events in the order of the log, corrections and changed metadata included. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecordedEvent> {
    yield* this.list();
  }

  /**
   * As the iteration of this object, only what the filter lets through. Reads the log from the beginning of the range on,
   * since later records may correct what lies in it, as far as it goes at the first step, and holds no more than the range.
   */
  async *list(filter: EventFilter = {}): AsyncGenerator<RecordedEvent> {
    const {
      fromPosition = 1,
      toPosition = Number.MAX_SAFE_INTEGER,
      types,
    } = parseInput(filterSchema, filter, 'filter');
    const state = await this.#handle.findState();
    if (state === null) return this.#handle.emptyUnlessKnown(undefined);
    const range = { state, fromPosition, toPosition };
    for (const event of await readRecordedEvents(this.#source(), range)) {
      if (types === undefined || types.includes(event.type)) yield event;
    }
  }

  /** The latest event with this id; null when there is none. */
  async find(eventId: string): Promise<RecordedEvent | null> {
    const state = await this.#handle.findState();
    if (state === null) return this.#handle.emptyUnlessKnown(null);
    return readRecordedEvent(this.#source(), { state, eventId });
  }

  /** Tokens and money by who spoke. */
  async usageBySource(): Promise<Readonly<Record<string, TokenSummary>>> {
    return tokenUsageBySource((await this.#find()) ?? NO_EVENTS);
  }

  /** Tokens and money by run; what belongs to none is under `no_run`. */
  async usageByRun(): Promise<Readonly<Record<string, TokenSummary>>> {
    return tokenUsageByRun((await this.#find()) ?? NO_EVENTS);
  }

  /**
   * Corrects the figures of a recorded event; all totals follow. Without any figure nothing happens.
   * @throws SESSION_NOT_FOUND, INVALID_INPUT when there is no such event, SESSION_CONFLICT when others never stop correcting it.
   */
  async correctUsage(eventId: string, correction: UsageCorrection): Promise<void> {
    const parsed = parseCorrection(correction);
    await this.#handle.runtime.operation(async () => {
      if (parsed === null) await this.#handle.assertMeant();
      else await this.#correct(eventId, parsed);
    });
  }

  /** Sets entries of an event's metadata and removes others. @throws SESSION_NOT_FOUND, INVALID_INPUT */
  async changeMetadata(eventId: string, change: MetadataChange): Promise<void> {
    const parsed = parseMetadataChange(change);
    await this.#handle.runtime.operation(async () => {
      await this.#require(eventId);
      const command = { type: 'change-event-metadata', eventId, change: parsed } as const;
      await this.#handle.executeExisting(command);
    });
  }

  async #correct(eventId: string, parsed: ParsedCorrection): Promise<void> {
    for (let round = 1; ; round += 1) {
      try {
        // In order: each try starts from what the session is by then.
        await this.#correctOnce(eventId, parsed);
        return;
      } catch (error) {
        const isConflict = PagefoldError.isInstance(error) && error.code === 'SESSION_CONFLICT';
        if (!isConflict || round === CORRECTION_ROUNDS) throw error;
      }
    }
  }

  async #correctOnce(eventId: string, correction: ParsedCorrection): Promise<void> {
    const { event, version } = await this.#require(eventId);
    await this.#handle.executeExisting({
      type: 'change-event-usage',
      eventId,
      eventPosition: event.position,
      before: { tokenUsage: event.tokenUsage, billing: event.billing },
      after: correctedFigures(event, correction, this.#handle.runtime.prices),
      basisVersion: version,
    });
  }

  /** An event, and the version of the session at which it was looked for. */
  async #require(
    eventId: string,
  ): Promise<{ readonly event: RecordedEvent; readonly version: number }> {
    const state = await this.#handle.requireState();
    const event = await readRecordedEvent(this.#source(), { state, eventId });
    if (event === null) throw noSuchEvent();
    return { event, version: state.version };
  }

  async #find(): Promise<Session | null> {
    const state = await this.#handle.findState();
    if (state === null) return this.#handle.emptyUnlessKnown(null);
    return readSession(this.#source(), state);
  }

  #source(): ReadSource {
    return this.#handle.source;
  }
}

const NO_EVENTS: Pick<Session, 'events' | 'fork'> = { events: [], fork: null };

function noSuchEvent(): InvalidInput {
  return new InvalidInput({ field: 'eventId', expected: 'the id of an event of this session' });
}
