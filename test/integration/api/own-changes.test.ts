import { describe, expect, test } from 'vitest';
import { type Pagefold, PagefoldError, type SessionManager } from '../../../src/index.ts';
import { aPagefold, collect } from './a-pagefold.ts';

const KEY = { idempotencyKey: 'k' };

/** A session that is there, and a manager of it whose options name more. */
async function aWishing(): Promise<{
  readonly pagefold: Pagefold;
  readonly wishing: SessionManager;
}> {
  const pagefold = await aPagefold();
  await pagefold.session('s').userSays('hello', KEY);
  const metadata = { plan: 'free', draft: true, seats: 1 };
  return { pagefold, wishing: pagefold.session('s', { metadata, systemPrompt: 'Options.' }) };
}

async function stored(pagefold: Pagefold): Promise<object> {
  const session = pagefold.session('s');
  const { systemPrompt } = await session.getSession();
  return { properties: await session.getProperties(), systemPrompt };
}

describe('changes of a manager whose options were not brought yet', () => {
  test('stay when the command before them was a repeat, and the rest of the options is brought once', async () => {
    const { pagefold, wishing } = await aWishing();

    await Promise.all([
      wishing.userSays('hello', KEY),
      wishing.setProperty('plan', 'pro'),
      wishing.removeProperty('draft'),
    ]);

    expect(wishing.systemPrompt).toBe('Options.');
    expect(await stored(pagefold)).toEqual({
      properties: { plan: 'pro', seats: 1 },
      systemPrompt: 'Options.',
    });
    // The header, the beginning, the message, both changes, and one record each for prompt and properties.
    expect(await collect(pagefold.session('s').export())).toHaveLength(7);
  });

  test('stay when the command before them was refused', async () => {
    const { pagefold, wishing } = await aWishing();

    const [refused] = await Promise.allSettled([
      wishing.userSays('something else', KEY),
      wishing.setProperty('plan', 'pro'),
      wishing.updateSystemPrompt('Own.'),
    ]);
    await wishing.userSays('later');

    expect(refused).toMatchObject({ reason: { code: 'IDEMPOTENCY_KEY_REUSED' } });
    expect(wishing.systemPrompt).toBe('Own.');
    expect(await stored(pagefold)).toEqual({
      properties: { plan: 'pro', draft: true, seats: 1 },
      systemPrompt: 'Own.',
    });
  });

  test('stay at whatever moment they are made', async () => {
    const plans: unknown[] = [];
    for (let ticks = 0; ticks < 60; ticks += 1) {
      const { pagefold, wishing } = await aWishing();
      const repeat = wishing.userSays('hello', KEY);
      // In order: each round calls one tick later.
      for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
      await Promise.all([repeat, wishing.setProperty('plan', 'pro')]);
      plans.push((await pagefold.session('s').getProperties())['plan']);
    }
    expect(new Set(plans)).toEqual(new Set(['pro']));
  });

  test('that are refused leave the options wanted', async () => {
    const { pagefold, wishing } = await aWishing();
    const tooLong = 'x'.repeat(2_000_000);

    const [, ...refused] = await Promise.allSettled([
      wishing.userSays('hello', KEY),
      wishing.setProperty('plan', tooLong),
      wishing.updateSystemPrompt(tooLong),
    ]);
    await wishing.userSays('later');

    expect(refused.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await stored(pagefold)).toEqual({
      properties: { plan: 'free', draft: true, seats: 1 },
      systemPrompt: 'Options.',
    });
  });

  test('leave the prompt of the options to a session that another command creates meanwhile', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Options.' });

    await Promise.allSettled([
      session.updateSystemPrompt('x'.repeat(2_000_000)),
      session.userSays('hello'),
    ]);
    await session.userSays('later');

    expect(await stored(pagefold)).toEqual({ properties: {}, systemPrompt: 'Options.' });
  });

  test('to another user than the options name are refused', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello', KEY);
    const session = pagefold.session('s', { metadata: { userId: 'ann' } });

    const change = session.setProperty('userId', 'bob').catch((error: unknown) => error);

    expect(PagefoldError.isInstance(await change)).toBe(true);
    expect(await pagefold.session('s').getProperties()).toEqual({});
  });

  test("make a session somebody's that the options say is nobody's", async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello', KEY);
    const session = pagefold.session('s', { metadata: { userId: null, plan: 'free' } });

    await Promise.all([session.userSays('hello', KEY), session.setProperty('userId', 'ann')]);
    await session.userSays('later');

    expect(await session.getProperties()).toEqual({ userId: 'ann', plan: 'free' });
  });
});
