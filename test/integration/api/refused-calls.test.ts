import { describe, expect, test } from 'vitest';
import { aPagefold } from './a-pagefold.ts';

const TOO_LONG = 'x'.repeat(300_000);

describe('a call that is refused for certain', () => {
  test('does not create the session it was the first to reach', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { metadata: { plan: 'pro' } });

    await expect(session.setState('k', TOO_LONG)).rejects.toMatchObject({ code: 'INVALID_INPUT' });

    expect(await pagefold.session('s').exists()).toBe(false);
  });

  test('leaves the creation to the call behind it', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { metadata: { plan: 'pro' }, systemPrompt: 'Mine.' });

    const refused = session.setState('k', TOO_LONG);
    const taken = session.setState('k', 1);

    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await taken;
    expect(await pagefold.session('s').getProperties()).toEqual({ plan: 'pro' });
    expect((await pagefold.session('s').getSession()).systemPrompt).toBe('Mine.');
  });

  test('does not make the session somebody’s', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await session.userSays('hello');

    const other = pagefold.session('s', { userId: 'u-2' });
    await expect(other.runs.start('no-such-run')).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });

    expect(await session.getProperties()).toEqual({});
  });

  test('does not change the prompt, which the next call does', async () => {
    const pagefold = await aPagefold();
    const first = pagefold.session('s', { systemPrompt: 'Old.' });
    await first.userSays('hello', { idempotencyKey: 'k' });

    const second = pagefold.session('s', { systemPrompt: 'New.' });
    await expect(second.userSays('other', { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
    });
    const before = (await pagefold.session('s').getSession()).systemPrompt;
    await second.userSays('other');

    expect(before).toBe('Old.');
    expect((await pagefold.session('s').getSession()).systemPrompt).toBe('New.');
  });
});

describe('what the options name', () => {
  test('does not undo what a call right behind the first one changes', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello');
    const session = pagefold.session('s', { metadata: { step: 0 } });

    await Promise.all([
      session.userSays('a'),
      session.setProperty('step', 1),
      session.userSays('b'),
    ]);

    expect(await pagefold.session('s').getProperties()).toEqual({ step: 1 });
  });

  test('comes with a correction at the latest with the write behind it', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello', { eventId: 'e' });
    const session = pagefold.session('s', { metadata: { plan: 'pro' } });

    await session.events.correctUsage('e', { promptTokens: 9 });
    await session.userSays('again');

    expect(await pagefold.session('s').getProperties()).toEqual({ plan: 'pro' });
    expect((await pagefold.session('s').events.find('e'))?.tokenUsage?.promptTokens).toBe(9);
  });

  test('comes before a run, which is told from it', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').userSays('hello');

    const run = await pagefold.session('s', { systemPrompt: 'Mine.' }).runs.create({ runId: 'r' });

    expect(run.id).toBe('r');
    expect((await pagefold.session('s').getSession()).systemPrompt).toBe('Mine.');
  });
});
