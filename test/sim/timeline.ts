import type { SessionKey } from '../../src/domain/ids.ts';

/** One thing that happened to a session in the store. */
export interface Moment {
  /** When it happened, in the order of everything. */
  readonly stamp: number;
  /** How many records the session has from now on; 0 when there is none. */
  readonly version: number;
  /** The record that was added; the last one left after a loss; null when the session is not there. */
  readonly record: string | null;
  readonly cause: 'nothing-yet' | 'recorded' | 'removed' | 'lost';
  /** Which of the sessions that live under this key one after another. */
  readonly life: number;
  /** The store lost it later. */
  isLost: boolean;
}

/** Everything that happened to one session id, as the store really did it: what the answers of nodes are held against. */
export class Timeline {
  readonly key: SessionKey;
  readonly moments: Moment[] = [];

  constructor(key: SessionKey) {
    this.key = key;
    this.#push({ stamp: 0, version: 0, record: null, cause: 'nothing-yet', life: 0 });
  }

  /** The moment that holds now. */
  get latest(): Moment {
    const latest = this.moments.at(-1);
    if (latest === undefined) throw new TypeError('a timeline begins with a moment');
    return latest;
  }

  /** Records were added from a position on. */
  recorded(stamp: number, firstPosition: number, records: readonly string[]): void {
    const life = this.latest.record === null ? this.latest.life + 1 : this.latest.life;
    for (const [index, record] of records.entries()) {
      this.#push({ stamp, version: firstPosition + index, record, cause: 'recorded', life });
    }
  }

  /** The session was removed. */
  removed(stamp: number): void {
    this.#push({ stamp, version: 0, record: null, cause: 'removed', life: this.latest.life });
  }

  /** The store went back to an older copy, in which the session has `version` records. */
  lost(stamp: number, version: number): void {
    const { latest } = this;
    if (version === latest.version) return;
    for (const moment of this.moments) {
      if (moment.life === latest.life && moment.version > version) moment.isLost = true;
    }
    const record = version === 0 ? null : (this.surviving()[version - 1]?.record ?? null);
    this.#push({ stamp, version, record, cause: 'lost', life: latest.life });
  }

  /** The moments whose records are the log of the present session, in order; none when there is no session. */
  surviving(): readonly Moment[] {
    const { latest } = this;
    return latest.record === null ? [] : this.ofLife(latest.life);
  }

  /** The moments whose records are the log of one session, as far as they were not lost. */
  ofLife(life: number): readonly Moment[] {
    return this.moments.filter(
      (moment) => moment.life === life && moment.cause === 'recorded' && !moment.isLost,
    );
  }

  /** How many sessions lived under this key. */
  get lives(): number {
    return this.latest.life;
  }

  #push(moment: Omit<Moment, 'isLost'>): void {
    this.moments.push({ ...moment, isLost: false });
  }
}
