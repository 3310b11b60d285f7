import { z } from 'zod';
import { isJsonObject } from '../domain/json.ts';
import { parseInput } from '../domain/parse.ts';
import { messageText } from '../domain/message-content.ts';
import type { SessionEvent } from '../domain/session-event.ts';
import { type CallFacts, withKnownFacts } from '../guards/call-facts.ts';
import { LruMap } from '../domain/lru-map.ts';
import type { ToolStateSnapshot } from '../guards/tool-state.ts';
import type { ToolStateOptions } from '../guards/tool-state-options.ts';
import { ToolStateManager } from '../runtime/tool-state.ts';
import { IdFilter, type IdFilterSnapshot } from '../domain/id-filter.ts';
import { RecentPositions } from './recent-positions.ts';

/** All that a log says of the tools of its session, up to a position, as plain data. */
export interface ToolLogSnapshot {
  readonly position: number;
  readonly turn: number;
  readonly goal: string | null;
  readonly positions: readonly (readonly [string, number])[];
  readonly bindingIds: readonly (readonly [string, string])[];
  /** Where the latest answers are, and which there were before them. */
  readonly answers: readonly (readonly [string, number])[];
  readonly olderAnswers: IdFilterSnapshot;
  readonly state: ToolStateSnapshot;
}

const countSchema = z.number().int().nonnegative();
const positionsSchema = z.array(z.tuple([z.string(), countSchema]));
const snapshotSchema = z.strictObject({
  position: countSchema,
  turn: countSchema,
  goal: z.string().nullable(),
  positions: positionsSchema,
  bindingIds: z.array(z.tuple([z.string(), z.string()])),
  answers: positionsSchema,
  olderAnswers: z.strictObject({ lastCount: countSchema, parts: z.array(z.string()) }),
  /** Checked where it is restored. */
  state: z.custom<ToolStateSnapshot>((value) => typeof value === 'object' && value !== null),
});

/** Names of results that are found again by the id of their event. */
const MAX_REMEMBERED = 256;
const MAX_POSITIONS = 1_024;
const MAX_GOAL = 2_000;

/** A fold over the log of a session: the state of its tools, and where things stand. */
export class ToolLog {
  readonly state: ToolStateManager;
  #position = 0;
  #turn = 0;
  #goal: string | null = null;
  readonly #calls = new RecentPositions(MAX_POSITIONS);
  readonly #answers = new RecentPositions(MAX_POSITIONS);
  readonly #olderAnswers = new IdFilter();
  readonly #bindingIds = new LruMap<string>(MAX_REMEMBERED);

  /** @throws INVALID_INPUT naming the option. */
  constructor(options: ToolStateOptions) {
    this.state = new ToolStateManager(options);
  }

  /** What was taken in last. */
  get position(): number {
    return this.#position;
  }

  /** The position of the message that started the turn; 0 before the first one. */
  get turn(): number {
    return this.#turn;
  }

  /** What the user said last, its beginning; null before that. */
  get goal(): string | null {
    return this.#goal;
  }

  /** Where the recorded call with that event id is, of the latest 1,024 calls; null for any other. */
  positionOf(eventId: string): number | null {
    return this.#calls.get(eventId);
  }

  /** From here on, {@link positionOf} knows all recorded calls. */
  get callsKnownFrom(): number {
    return this.#calls.knownFrom;
  }

  /** Where the answer with that event id is, of the latest 1,024 answers; null for any other. */
  answerAt(eventId: string): number | null {
    return this.#answers.get(eventId);
  }

  /** Whether there may be an answer with that event id; false where there is none, or only one of more than 57,344 answers ago. */
  mayHaveAnswer(eventId: string): boolean {
    return this.answerAt(eventId) !== null || this.#olderAnswers.mayHave(eventId);
  }

  /** The name of the result that an event recorded, of the latest 256 names; null for any other. */
  bindingIdOf(eventId: string): string | null {
    return this.#bindingIds.get(eventId) ?? null;
  }

  /** Takes in what stands at the next position; `facts` is what is known of the arguments of its call. */
  observe(event: SessionEvent, position: number, facts?: CallFacts): void {
    const { id, type, source } = event;
    const { nextNumber } = this.state.bindings;
    const args = isJsonObject(event.message) ? event.message['arguments'] : undefined;
    if (facts !== undefined && isJsonObject(args))
      withKnownFacts(facts.of(args), () => this.state.observe(event));
    else this.state.observe(event);
    this.#position = position;
    if (type === 'tool_call') this.#calls.note(id, position);
    const forgotten = isAnswer(event) ? this.#answers.note(id, position) : null;
    if (forgotten !== null) this.#olderAnswers.add(forgotten);
    if (type === 'message' && source === 'user') {
      this.#turn = position;
      this.#goal = messageText(event).slice(0, MAX_GOAL);
    }
    if (this.state.bindings.nextNumber > nextNumber) this.#bindingIds.set(id, `v${nextNumber}`);
  }

  /** What stands up to a position says nothing of tools. */
  pass(position: number): void {
    this.#position = position;
  }

  /** All of it as plain data. */
  snapshot(): ToolLogSnapshot {
    return {
      position: this.#position,
      turn: this.#turn,
      goal: this.#goal,
      positions: this.#calls.entries(),
      bindingIds: this.#bindingIds.entries(),
      answers: this.#answers.entries(),
      olderAnswers: this.#olderAnswers.snapshot(),
      state: this.state.snapshot(),
    };
  }

  /**
   * Goes on from a snapshot.
   * @throws INVALID_INPUT naming the field; nothing has changed then.
   */
  restore(snapshot: unknown): void {
    const parsed = parseInput(snapshotSchema, snapshot, 'snapshot');
    this.state.restore(parsed.state);
    this.#position = parsed.position;
    this.#turn = parsed.turn;
    this.#goal = parsed.goal;
    this.#calls.replace(parsed.positions);
    this.#answers.replace(parsed.answers);
    this.#olderAnswers.restore(parsed.olderAnswers);
    this.#bindingIds.replace(parsed.bindingIds);
  }
}

/** Whether an event is what a model said. */
export function isAnswer({ type, source }: SessionEvent): boolean {
  return type === 'message' && source === 'llm';
}
