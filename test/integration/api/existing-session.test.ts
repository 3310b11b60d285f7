import { describe, expect, test } from 'vitest';
import { openPagefold, SessionNotFound } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';

describe('an existing session', () => {
  test('C-97: is opened with its messages, its stored prompt and its properties', async () => {
    const pagefold = await aPagefold();
    const first = pagefold.session('s', { systemPrompt: 'Stored.', metadata: { plan: 'pro' } });
    await talk(first, 1);

    const second = pagefold.session('s');
    await second.userSays('again');

    expect(second.systemPrompt).toBe('Stored.');
    expect(await second.getProperties()).toEqual({ plan: 'pro' });
    expect((await second.getConversation()).map((turn) => turn.content)).toEqual([
      'question 1',
      'answer 1',
      'again',
    ]);
  });

  test('W-16: takes over prompt and metadata of the constructor with the first write', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s', { systemPrompt: 'Old.', metadata: { a: 1, b: 1 } }).userSays('x');

    const second = pagefold.session('s', { systemPrompt: 'New.', metadata: { b: 2, c: 3 } });
    await second.userSays('y');

    const third = pagefold.session('s');
    expect(await third.getProperties()).toEqual({ a: 1, b: 2, c: 3 });
    expect((await third.getMessagesForLlm())[0]).toEqual({ role: 'system', content: 'New.' });
  });

  test('W-16: shows prompt and metadata of the constructor before they are stored, and stores nothing by that', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s', { systemPrompt: 'Old.', metadata: { a: 1 } }).userSays('x');
    const reader = pagefold.session('s', { systemPrompt: 'New.', metadata: { b: 2 } });

    expect((await reader.getMessagesForLlm())[0]).toEqual({ role: 'system', content: 'New.' });
    expect(await reader.getProperties()).toEqual({ a: 1, b: 2 });
    expect(reader.systemPrompt).toBe('New.');

    const other = pagefold.session('s');
    expect(await other.getProperties()).toEqual({ a: 1 });
    expect(other.systemPrompt).toBe('Old.');
  });

  test('W-16: records nothing for metadata that is stored already, with its keys in another order', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s', { metadata: { plan: { name: 'pro', seats: 2 } } }).userSays('x');

    await pagefold.session('s', { metadata: { plan: { seats: 2, name: 'pro' } } }).userSays('y');

    expect((await pagefold.listSessions()).heads[0]?.version).toBe(3);
  });

  test('W-16: records nothing for a prompt and metadata that are stored already', async () => {
    const pagefold = await aPagefold();
    const options = { systemPrompt: 'Same.', metadata: { tags: ['a', 'b'] } };
    await pagefold.session('s', options).userSays('x');
    const before = (await collect(pagefold.session('s').export())).length;

    await pagefold.session('s', options).userSays('y');

    expect(await collect(pagefold.session('s').export())).toHaveLength(before + 1);
  });

  test('W-16: brings both constructors to a session that two managers create at once', async () => {
    const store = aStore();
    const [left, right] = await Promise.all([aPagefold({ store }), aPagefold({ store })]);
    const first = left.session('s', { metadata: { from: 'left', left: true } });
    const second = right.session('s', { metadata: { right: true } });

    await Promise.all([first.userSays('from left'), second.userSays('from right')]);

    expect(await left.session('s').getProperties()).toMatchObject({ left: true, right: true });
    expect(await left.session('s').getConversation()).toHaveLength(2);
    expect([first.isNew, second.isNew].filter(Boolean)).toHaveLength(1);
  });
});

describe('updateSystemPrompt', () => {
  test('C-102: is kept when it comes before everything else', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s').updateSystemPrompt('First.');

    const session = pagefold.session('s');
    expect(await session.getMessagesForLlm()).toEqual([{ role: 'system', content: 'First.' }]);
    expect(session.systemPrompt).toBe('First.');
  });

  test('C-102: W-16: is kept on an existing session that was not loaded yet', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('s', { systemPrompt: 'Old.' }).userSays('x');

    await pagefold.session('s').updateSystemPrompt('New.');

    expect((await pagefold.session('s').getMessagesForLlm())[0]?.content).toBe('New.');
  });

  test('C-102: beats the prompt of the constructor', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Constructor.' });

    await session.updateSystemPrompt('Later.');
    await session.userSays('hello');

    expect((await pagefold.session('s').getMessagesForLlm())[0]?.content).toBe('Later.');
  });

  test('C-102: beats the prompt of the constructor also when somebody else creates the session first', async () => {
    const store = aStore();
    const [left, right] = await Promise.all([aPagefold({ store }), aPagefold({ store })]);
    const session = right.session('s', { systemPrompt: 'Constructor.', metadata: { a: 1 } });

    await Promise.all([left.session('s').userSays('hello'), session.updateSystemPrompt('Later.')]);

    expect(session.systemPrompt).toBe('Later.');
    expect((await left.session('s').getMessagesForLlm())[0]?.content).toBe('Later.');
    expect(await left.session('s').getProperties()).toEqual({ a: 1 });
  });

  test('C-102: one that fails leaves the prompt to who sets it next', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Constructor.' });
    await Promise.allSettled([
      session.userSays('x'),
      session.updateSystemPrompt('x'.repeat(2_000_000)),
    ]);

    await pagefold.session('s').updateSystemPrompt('Next.');
    await session.getStats();

    expect(session.systemPrompt).toBe('Next.');
  });

  test('C-102: takes the prompt away with null', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Prompt.' });
    await session.userSays('hello');

    await session.updateSystemPrompt(null);

    expect(session.systemPrompt).toBeNull();
    expect(await session.getMessagesForLlm()).toEqual([{ role: 'user', content: 'hello' }]);
  });

  test('lets the last of several calls at once win, here and in the store', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await Promise.all(['A', 'B', 'C'].map((prompt) => session.updateSystemPrompt(prompt)));

    expect(session.systemPrompt).toBe('C');
    expect((await pagefold.session('s').getMessagesForLlm())[0]?.content).toBe('C');
  });

  test('follows a change that another manager made', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s', { systemPrompt: 'Mine.' });
    await session.userSays('hello');

    await pagefold.session('s').updateSystemPrompt('Theirs.');

    expect((await session.getMessagesForLlm())[0]?.content).toBe('Theirs.');
    expect(session.systemPrompt).toBe('Theirs.');
  });

  test('is refused for anything but text and null, naming the field', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');

    await expect(session.updateSystemPrompt(5 as unknown as string)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'systemPrompt',
    });
    expect(await session.exists()).toBe(false);
  });
});

describe('the parent of a new session', () => {
  test('C-57: has to exist, or nothing is recorded', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('child', { parentId: 'nobody' });

    await expect(session.userSays('hello')).rejects.toThrow(SessionNotFound);
    await expect(session.userSays('hello')).rejects.toThrow('Session not found: nobody');
    expect(await session.exists()).toBe(false);
  });

  test('C-57: may come later, and then the same manager works', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('child', { parentId: 'late' });
    await expect(session.userSays('hello')).rejects.toThrow(SessionNotFound);

    await pagefold.session('late').userSays('I am here');
    await session.userSays('hello');

    expect(await session.family.parentId()).toBe('late');
  });
});

test('W-01: C-70: what was acknowledged is there for a runtime that starts later over the same store', async () => {
  const store = aStore();
  const before = await openPagefold({ store, tokens: 'estimate' });
  const session = before.session('s', { systemPrompt: 'P', metadata: { plan: 'pro' } });
  await talk(session, 3);
  await session.setState('step', 2);
  const stats = await session.getStats();
  await before.close();

  const after = await aPagefold({ store });
  const resumed = after.session('s');

  expect(await resumed.getStats()).toEqual(stats);
  expect(await resumed.getConversation()).toHaveLength(6);
  expect(await resumed.getState('step')).toBe(2);
  expect(await resumed.getProperties()).toEqual({ plan: 'pro' });
  expect(resumed.systemPrompt).toBe('P');
});

test('a prompt that was set stays, whoever created the session at the same moment', async () => {
  const prompts: (string | null)[] = [];
  const pagefold = await aPagefold();
  for (let ticks = 0; ticks < 60; ticks += 1) {
    const id = `s-${ticks}`;
    const wishing = pagefold.session(id, { systemPrompt: 'of the options' });
    const others = [pagefold.session(id).userSays('x'), wishing.userSays('y')];
    // In order: each round calls one tick later.
    for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
    await Promise.all([...others, wishing.updateSystemPrompt('set')]);
    prompts.push((await pagefold.session(id).getSession()).systemPrompt);
  }
  expect(new Set(prompts)).toEqual(new Set(['set']));
});
