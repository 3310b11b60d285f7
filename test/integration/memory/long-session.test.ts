import { describe, expect, test } from 'vitest';
import { ExperienceMeter } from '../../../src/index.ts';
import type { RuntimeOptions, SessionManager, Store } from '../../../src/index.ts';
import { aPagefold, aStore } from '../api/a-pagefold.ts';
import { DECISIONS, MAX_TOKENS, scenarioTurn, TURNS } from './long-scenario.ts';

const OPTIONS = { systemPrompt: 'Be brief.', memory: { maxTokens: MAX_TOKENS } };

async function open(store: Store, options: RuntimeOptions = {}): Promise<SessionManager> {
  return (await aPagefold({ ...options, store })).session('s', OPTIONS);
}

interface Told {
  /** The contexts in which a decision was asked for. */
  readonly contexts: readonly string[];
  readonly changes: unknown;
  readonly seen: unknown;
}

/** Holds the conversation, each turn through the session that is given for it. */
async function converse(sessionOf: (turn: number) => Promise<SessionManager>): Promise<Told> {
  const contexts: string[] = [];
  for (let turn = 1; turn <= TURNS; turn += 1) {
    // In order: a conversation is one thing after the other.
    const session = await sessionOf(turn);
    const { question, answer, isRecall } = scenarioTurn(turn);
    await session.userSays(question);
    const { messages, tokens } = await session.memory.buildContext();
    expect(tokens).toBeLessThanOrEqual(MAX_TOKENS);
    if (isRecall) contexts.push(JSON.stringify(messages));
    await session.aiResponds(answer);
  }
  const session = await sessionOf(TURNS);
  const changes = await changesOf(session);
  expect(Math.max(0, ...changes.faultsByTurn.values())).toBeLessThanOrEqual(2);
  expect(changes.thrashIndex).toBeLessThan(0.5);
  return { contexts, changes: changes.all, seen: await session.memory.pages() };
}

/** What was recorded of the memory, and which turn each fault was in. */
async function changesOf(session: SessionManager): Promise<{
  readonly all: readonly unknown[];
  readonly faultsByTurn: ReadonlyMap<number, number>;
  readonly thrashIndex: number;
}> {
  const questions: number[] = [];
  for await (const { position, source } of session.events) {
    if (source === 'user') questions.push(position);
  }
  const meter = new ExperienceMeter();
  const faultsByTurn = new Map<number, number>();
  const all: unknown[] = [];
  for await (const { position, change } of session.memory.history.list()) {
    all.push([position, change]);
    if (change.kind !== 'faulted') continue;
    const turn = questions.filter((at) => at < position).length;
    faultsByTurn.set(turn, (faultsByTurn.get(turn) ?? 0) + change.pages.length);
    for (const { pageId } of change.pages) {
      const { reason } = change;
      meter.recordFault({ pageId, reason, turn, tokensLoaded: 0, latencyMs: 0 });
    }
  }
  return { all, faultsByTurn, thrashIndex: meter.thrashIndex({ turn: TURNS }) };
}

/** Decisions that are not there when they are asked for, or not in the last context. */
function missingDecisions({ contexts }: Told): readonly string[] {
  return DECISIONS.flatMap(([topic, , answer], at) => {
    const shown = [contexts[at], contexts.at(-1)];
    return shown.every((context) => context?.includes(answer) === true) ? [] : [topic];
  });
}

describe('a session of 220 turns', () => {
  test('M-203: knows every early decision within 4,000 tokens, and the same again in the same conversation', async () => {
    const [one, two] = [await open(aStore()), await open(aStore())];

    const told = await converse(() => Promise.resolve(one));

    expect(missingDecisions(told)).toEqual([]);
    expect(await converse(() => Promise.resolve(two))).toEqual(told);
  });

  test('M-203: M-W63: knows them as well when every other turn is in another process', async () => {
    const store = aStore();
    const sessions = [await open(store), await open(store)] as const;

    const told = await converse((turn) => Promise.resolve(sessions[turn % 2] ?? sessions[0]));

    expect(missingDecisions(told)).toEqual([]);
  });

  test('M-203: M-180: knows them as well when neither its state nor its memory stays in the process', async () => {
    const store = aStore();
    const limits = { activationBytes: 1, residentMemories: 1 };
    const pagefold = await aPagefold({ store, limits });
    const session = pagefold.session('s', OPTIONS);
    const other = pagefold.session('other', OPTIONS);
    await other.userSays('Hello');

    const told = await converse(async (turn) => {
      // Another memory takes the only place.
      if (turn % 5 === 0) await other.memory.stats();
      return session;
    });

    expect(missingDecisions(told)).toEqual([]);
    const whole = await open(aStore());
    const { contexts } = await converse(() => Promise.resolve(whole));
    expect(told.contexts).toEqual(contexts);
  });
});
