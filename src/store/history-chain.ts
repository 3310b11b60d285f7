import { scramble, type TextHash } from './text-hash.ts';

/** What identifies a move in a chain: who wrote and which of their writes it is. */
export interface ChainMove {
  readonly writer: TextHash;
  readonly operation: number;
}

const TWO_POWER_32 = 0x1_0000_0000;

/** 32 bits in the low lane and 20 in the high one: the most that a double holds exactly with a bit to spare. */
const HIGH_LANE_SHIFT = 12;

/** The link before the first record: it stands for the session itself, so that equal writes to two sessions differ. */
export function firstLink(session: TextHash): number {
  return joinLanes(session.high, session.low);
}

/**
 * The link of a record: 52 bits that depend on every move before it, on its own move and on its place in that move.
 * It tells pasts apart (a false match has a chance of 2^-52); it is no defence against forgery.
 */
export function nextLink(previous: number, move: ChainMove, index: number): number {
  let low = previous >>> 0;
  let high = Math.floor(previous / TWO_POWER_32);
  low = scramble(low ^ move.writer.low);
  high = scramble(high ^ move.writer.high ^ low);
  low = scramble(low ^ (move.operation >>> 0) ^ rotate(high));
  high = scramble(high ^ Math.floor(move.operation / TWO_POWER_32) ^ low);
  low = scramble(low ^ index ^ rotate(high));
  high = scramble(high ^ low);
  return joinLanes(high, low);
}

/** The link as the text that leaves the store. */
export function linkText(link: number): string {
  return String(link);
}

/** Whether a text is that of a link; cheaper than writing the link out again. */
export function isLinkText(text: string, link: number): boolean {
  return Number(text) === link;
}

function joinLanes(high: number, low: number): number {
  return (high >>> HIGH_LANE_SHIFT) * TWO_POWER_32 + low;
}

function rotate(lane: number): number {
  return (lane << 13) | (lane >>> 19);
}
