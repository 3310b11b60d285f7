import type { HostStats } from '../actors/envelope.ts';

/** Of the figures of a host, those that tell whether workers would pay. */
export type LoadFigures = Pick<HostStats, 'turnMs' | 'commands' | 'queued'>;

/** What a turn has to keep the thread with, for each call: twice what a message of 400 characters takes (0.018 ms, 27 November 2026). */
const DEAR_TURN_MS = 0.04;
/** With fewer callers at once, a call costs the main thread more with workers than without. */
const MANY_CALLERS = 16;
/** Fewer calls between two looks say little, and leave the thread free anyway. */
const MANY_CALLS = 500;
/** A burst is over before workers would have started. */
const LOOKS = 3;

/**
 * Tells from figures that are looked at once a second whether workers would relieve this thread: many callers at once, whose turns
 * are dear, for some looks in a row. The bounds follow `npm run bench -- pool`.
 */
export class TurnCost {
  #last: LoadFigures = { turnMs: 0, commands: 0, queued: 0 };
  #dearLooks = 0;

  /** Takes the figures of now; whether workers would pay. */
  look(now: LoadFigures): boolean {
    const calls = now.commands - this.#last.commands;
    const turnMs = now.turnMs - this.#last.turnMs;
    this.#last = now;
    const isDear =
      calls >= MANY_CALLS && now.queued >= MANY_CALLERS && turnMs / calls >= DEAR_TURN_MS;
    this.#dearLooks = isDear ? this.#dearLooks + 1 : 0;
    return this.#dearLooks >= LOOKS;
  }
}
