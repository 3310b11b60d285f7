import { describe, expect, onTestFinished, test } from 'vitest';
import { toText } from '../../../src/domain/json.ts';
import {
  createMemoryStore,
  openPagefold,
  type Pagefold,
  type RuntimeOptions,
} from '../../../src/index.ts';

/** Two runtimes over one store, as two processes would be. */
async function twoRuntimes(options: RuntimeOptions = {}): Promise<readonly [Pagefold, Pagefold]> {
  const store = createMemoryStore();
  const open = (): Promise<Pagefold> => openPagefold({ tokens: 'estimate', ...options, store });
  const runtimes = await Promise.all([open(), open()]);
  onTestFinished(async () => {
    await Promise.all(runtimes.map((runtime) => runtime.close()));
    await store.close();
  });
  return runtimes;
}

async function contents(pagefold: Pagefold, sessionId = 's'): Promise<readonly string[]> {
  const turns = await pagefold.session(sessionId).getConversation({ includeAllSegments: true });
  return turns.map((turn) => toText(turn.content));
}

describe('two runtimes over one store', () => {
  test('W-05: C-72: C-176: lose and double nothing when they write one session at once', async () => {
    const [left, right] = await twoRuntimes();
    const writers = [
      { name: 'left', session: left.session('s') },
      { name: 'right', session: right.session('s') },
    ];

    await Promise.all(
      writers.flatMap(({ name, session }) =>
        Array.from({ length: 100 }, (_, index) => session.userSays(`${name} ${index}`)),
      ),
    );

    const seen = await contents(left);
    expect(seen).toHaveLength(200);
    expect(new Set(seen).size).toBe(200);
    for (const { name } of writers) {
      // Each writer's own messages stay in the order of its calls.
      const own = seen.filter((content) => content.startsWith(name));
      expect(own).toEqual(Array.from({ length: 100 }, (_, index) => `${name} ${index}`));
    }
    expect(await contents(right)).toEqual(seen);
    expect(await right.session('s').getStats()).toEqual(await left.session('s').getStats());
  });

  test('W-06: roll segments over once each', async () => {
    const [left, right] = await twoRuntimes();
    const options = { infiniteContext: true, maxTurnsPerSegment: 10 };
    const sessions = [left.session('s', options), right.session('s', options)];

    await Promise.all(
      sessions.flatMap((session, side) =>
        Array.from({ length: 60 }, (_, index) => session.userSays(`${side} ${index}`)),
      ),
    );

    const read = await left.session('s').getSession();
    const { segments } = read;
    expect(segments.map(({ number }) => number)).toEqual(segments.map((_, index) => index + 1));
    expect(segments.reduce((sum, { messages }) => sum + messages, 0)).toBe(120);
    expect(segments.slice(0, -1).every(({ messages }) => messages >= 10)).toBe(true);
    expect(read.events.filter(({ type }) => type === 'summary')).toHaveLength(segments.length - 1);
    expect(await contents(right)).toHaveLength(120);
  });

  test('see at once what the other acknowledged', async () => {
    const [left, right] = await twoRuntimes();
    const [first, second] = [left.session('s'), right.session('s')];
    await first.userSays('one');
    expect(await second.getStats()).toMatchObject({ totalMessages: 1 });

    await second.userSays('two');
    await first.setState('step', 2);

    expect(await first.getStats()).toMatchObject({ totalMessages: 2 });
    expect(await second.getState('step')).toBe(2);
    expect(await contents(left)).toEqual(['one', 'two']);
  });

  test('W-04: C-73: a deletion by one is final for the other', async () => {
    const [left, right] = await twoRuntimes();
    const [first, second] = [left.session('s'), right.session('s')];
    await first.userSays('one');
    await second.userSays('two');

    await first.delete();

    await expect(second.userSays('three')).rejects.toMatchObject({ code: 'SESSION_NOT_FOUND' });
    expect(await second.exists()).toBe(false);
    expect(await right.listSessions()).toMatchObject({ heads: [] });
  });

  test('W-11: C-34: only one of two creations of an id succeeds', async () => {
    const [left, right] = await twoRuntimes();
    await left.session('origin').userSays('hello');

    const results = await Promise.allSettled([
      left.session('origin').fork({ sessionId: 'fork' }),
      right.session('origin').fork({ sessionId: 'fork' }),
    ]);

    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({
      code: 'SESSION_ALREADY_EXISTS',
      sessionId: 'fork',
    });
    expect(await contents(right, 'fork')).toEqual(['hello']);
  });

  test('record one idempotency key once between them', async () => {
    const [left, right] = await twoRuntimes();

    const receipts = await Promise.all(
      [left, right].map((pagefold) =>
        pagefold.session('s').recordUser('hello', { idempotencyKey: 'request-1' }),
      ),
    );

    expect(receipts.filter(({ isRepeated }) => isRepeated)).toHaveLength(1);
    expect(receipts[0]?.eventId).toBe(receipts[1]?.eventId);
    expect(await contents(left)).toEqual(['hello']);
  });

  test('keep runs and the state map of one session together', async () => {
    const [left, right] = await twoRuntimes();
    await left.session('s').runs.create({ runId: 'r' });

    await Promise.all([
      ...Array.from({ length: 20 }, (_, index) => left.session('s').setState(`l${index}`, index)),
      ...Array.from({ length: 20 }, (_, index) => right.session('s').setState(`r${index}`, index)),
      left.session('s').runs.start('r'),
      right.session('s').runs.create({ runId: 'other' }),
    ]);

    const read = await left.session('s').getSession();
    expect(Object.keys(read.state)).toHaveLength(40);
    expect(read.runs.map(({ id, status }) => [id, status])).toEqual([
      ['r', 'running'],
      ['other', 'pending'],
    ]);
  });
});
