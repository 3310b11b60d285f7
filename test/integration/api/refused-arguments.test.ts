import { afterEach, describe, expect, test } from 'vitest';
import {
  closeDefaultRuntime,
  getConversationHistory,
  getSessionStats,
  InvalidInput,
  SessionManager,
} from '../../../src/index.ts';
import { aPagefold, collect } from './a-pagefold.ts';

afterEach(() => closeDefaultRuntime());

describe('an argument of another kind', () => {
  test.each([
    ['no lines', null, 'lines'],
    ['no iterable', {}, 'lines'],
    ['lines that are no text', [1], 'line 1'],
  ])('is refused by an import: %s', async (_what, lines, field) => {
    const pagefold = await aPagefold();

    await expect(pagefold.importSession(lines as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field,
    });
  });

  test.each([
    ['getSessionStats', getSessionStats],
    ['getConversationHistory', getConversationHistory],
  ])('is refused by %s', async (_name, read) => {
    await new SessionManager({ sessionId: 's' }).userSays('hello');

    await expect(read('s', null as never)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options',
    });
  });

  test.each([
    ['a name that is none', { failed: false }, 'options.failed'],
    ['a time that is none', { latencyMs: 'soon' }, 'options.latencyMs'],
    ['a wait that is none', { timeoutMs: -1 }, 'options.timeoutMs'],
  ])('is refused for a failure: %s', async (_what, options, field) => {
    const pagefold = await aPagefold();

    await expect(
      pagefold.session('s').recordFailure(new Error('x'), options as never),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
    expect(await pagefold.session('s').exists()).toBe(false);
  });
});

test('a failure that is recorded again under its key is one event', async () => {
  const pagefold = await aPagefold();
  const session = pagefold.session('s');

  for (let round = 1; round <= 2; round += 1) {
    // In order: the second call repeats the first.
    await session.recordFailure(new Error('x'), { idempotencyKey: 'k', metadata: { try: 1 } });
  }

  expect(await collect(session.events.list())).toMatchObject([
    { metadata: { failed: true, try: 1 } },
  ]);
});

test('a map with too many entries is named as the option that it was given as', async () => {
  const pagefold = await aPagefold();
  const metadata = Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [index, index]));
  const refused = { code: 'INVALID_INPUT', field: 'options.metadata' };

  await expect(pagefold.session('s', { metadata }).userSays('a')).rejects.toMatchObject(refused);
  await expect(pagefold.session('s').runs.create({ metadata })).rejects.toMatchObject(refused);
});

test('a query quotes no name of an entry that somebody chose', async () => {
  const pagefold = await aPagefold();
  const query = { metadata: { 'somebody@example.org': null } };

  const error = await pagefold.listSessions(query as never).catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(InvalidInput);
  expect(String(error)).not.toContain('somebody');
});
