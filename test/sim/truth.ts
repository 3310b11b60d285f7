import { evolve } from '../../src/domain/evolve.ts';
import type { SessionKey } from '../../src/domain/ids.ts';
import type { ForkOrigin, LogEvent } from '../../src/domain/log-event.ts';
import type { SessionState } from '../../src/domain/session-state.ts';
import { isSameValue } from './same-value.ts';
import { type Moment, Timeline } from './timeline.ts';

/** A moment of a session together with what the session was then. */
export interface TrueMoment {
  readonly moment: Moment;
  /** Null when there was no session. */
  readonly state: SessionState | null;
  /** The event that was recorded; null for everything but a record. */
  readonly event: LogEvent | null;
}

/** The states of one session id, one for each moment, folded from nothing but the records in the store. */
export class Truth {
  readonly key: SessionKey;
  readonly timeline: Timeline;
  readonly moments: readonly TrueMoment[];
  readonly #byVersion = new Map<number, number[]>();

  /** `originOf` answers what a fork begins from. */
  constructor(
    timeline: Timeline,
    originOf: (sessionId: string, position: number) => SessionState | null,
  ) {
    this.key = timeline.key;
    this.timeline = timeline;
    this.moments = foldMoments(timeline, originOf);
    for (const [index, { state }] of this.moments.entries()) {
      const version = state?.version ?? 0;
      const indexes = this.#byVersion.get(version);
      if (indexes === undefined) this.#byVersion.set(version, [index]);
      else indexes.push(index);
    }
  }

  /** The first moment in a range of indexes at which the session was exactly this; null when there is none. */
  find(
    state: SessionState | null,
    range: { readonly from: number; readonly to: number },
  ): number | null {
    for (const index of this.indexesOf(state?.version ?? 0)) {
      if (index < range.from || index > range.to) continue;
      if (isSameValue(this.moments[index]?.state, state)) return index;
    }
    return null;
  }

  /** The moment that held when a stamp was given out. */
  indexAt(stamp: number): number {
    let low = 0;
    let high = this.moments.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.moments[middle]?.moment.stamp ?? 0) < stamp) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** What the session shares with another; null when it is not a fork. */
  get fork(): ForkOrigin | null {
    return this.moments.find(({ state }) => state !== null)?.state?.fork ?? null;
  }

  /** The moments after which the session had `version` records, counting those a fork shares; 0 for no session. */
  indexesOf(version: number): readonly number[] {
    return this.#byVersion.get(version) ?? [];
  }

  /** The first state with so many records. */
  stateAt(version: number): SessionState | null {
    const [index] = this.indexesOf(version);
    return index === undefined ? null : (this.moments[index]?.state ?? null);
  }
}

/** The truth about every session; an origin comes before its forks. */
export function findTruths(
  sessions: readonly string[],
  timelines: readonly Timeline[],
  tenant: string,
): ReadonlyMap<string, Truth> {
  const truths = new Map<string, Truth>();
  const originOf = (id: string, position: number): SessionState | null => {
    const origin = truths.get(id);
    const fork = origin?.fork;
    // A fork's first records are those of its own origin.
    if (fork && position <= fork.position) return originOf(fork.sessionId, position);
    return origin?.stateAt(position) ?? null;
  };
  for (const sessionId of sessions) {
    const timeline =
      timelines.find(({ key }) => key.sessionId === sessionId) ??
      new Timeline({ tenant, sessionId });
    truths.set(sessionId, new Truth(timeline, originOf));
  }
  return truths;
}

/** Only this library's present version writes here, so nothing has to be checked or brought up to date. */
export function eventOf(record: string): LogEvent {
  return JSON.parse(record.slice(record.indexOf('{'))) as LogEvent; // written by encodeRecord a moment ago
}

function foldMoments(
  timeline: Timeline,
  originOf: (sessionId: string, position: number) => SessionState | null,
): readonly TrueMoment[] {
  const folded: TrueMoment[] = [];
  for (const moment of timeline.moments) {
    const before = folded.at(-1)?.state ?? null;
    if (moment.record === null) {
      folded.push({ moment, state: null, event: null });
    } else if (moment.cause === 'lost') {
      folded.push({ moment, state: stateBeforeLoss(folded, moment), event: null });
    } else {
      const event = eventOf(moment.record);
      const fork = event.type === 'session-created' ? event.fork : null;
      const base = fork === null ? before : originOf(fork.sessionId, fork.position);
      folded.push({ moment, state: evolve(base, event), event });
    }
  }
  return folded;
}

/** The state that the older copy holds: that of the record it ends with. */
function stateBeforeLoss(folded: readonly TrueMoment[], loss: Moment): SessionState | null {
  return (
    folded.findLast(
      ({ moment }) => moment.record === loss.record && moment.version === loss.version,
    )?.state ?? null
  );
}
