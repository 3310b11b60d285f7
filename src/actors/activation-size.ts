import type { JsonObject } from '../domain/json.ts';
import type { SessionRun } from '../domain/run.ts';
import type { SessionState } from '../domain/session-state.ts';

/**
 * Heap bytes of an activation around a state without text: actor, mailbox, state, totals, open segment, and its places in the lists of
 * the shard. Measured: 2,660 with 8,474 sessions of one short message, Node 20, 26 November 2026.
 */
const FIXED_BYTES = 2650;
/** A name, and up to fifteen ratios. */
const CALIBRATION_BYTES = 250;
/** A call that waits for its result: id, name and hash, each kept once or twice. */
const WAITING_CALL_BYTES = 200;
/** A number of an array. */
const NUMBER_BYTES = 8;
/** A run without its metadata. */
const RUN_BYTES = 300;
/** The id of a tool call in the list of its run. */
const RUN_CALL_BYTES = 80;
/** Two bytes a UTF-16 unit, the most a JavaScript string takes. */
const BYTES_PER_UNIT = 2;

/** Estimated heap bytes of an activation with this state; an upper bound for text, a guess for small objects. */
export function activationBytes(state: SessionState): number {
  const summaries = [...state.spans, ...state.closed].reduce(
    (sum, { summary }) => sum + summary.text.length + 100,
    0,
  );
  const maps = mapLength(state.properties) + mapLength(state.values);
  const lists =
    state.children.length * 60 + runsBytes(state.runs) + state.rememberedKeys.length * 150;
  const { ownTurn, turnTokens } = state.open;
  const waiting = (state.openTurn?.waiting.length ?? 0) + (ownTurn?.waiting.length ?? 0);
  const prompt = waiting * WAITING_CALL_BYTES + turnTokens.length * NUMBER_BYTES;
  const learned = state.calibrations.length * CALIBRATION_BYTES;
  const text = summaries + maps + (state.systemPrompt?.length ?? 0);
  return FIXED_BYTES + lists + prompt + learned + text * BYTES_PER_UNIT;
}

/** As with maps, a list that changed is another one. */
const runBytes = new WeakMap<readonly SessionRun[], number>();

function runsBytes(runs: readonly SessionRun[]): number {
  if (runs.length === 0) return 0;
  const known = runBytes.get(runs);
  if (known !== undefined) return known;
  const bytes = runs.reduce(
    (sum, { metadata, toolCalls }) =>
      sum + RUN_BYTES + toolCalls.length * RUN_CALL_BYTES + mapLength(metadata) * BYTES_PER_UNIT,
    0,
  );
  runBytes.set(runs, bytes);
  return bytes;
}

/** Maps change rarely and are asked about after every turn; a changed one is another object. */
const lengths = new WeakMap<JsonObject, number>();

function mapLength(map: JsonObject): number {
  const known = lengths.get(map);
  if (known !== undefined) return known;
  // One by one: each entry came in one record, but together they may be longer than a text can be.
  const length = Object.entries(map).reduce((sum, [name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return sum + name.length + text.length;
  }, 0);
  lengths.set(map, length);
  return length;
}
