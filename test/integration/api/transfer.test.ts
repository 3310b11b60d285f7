import { describe, expect, test } from 'vitest';
import { SessionAlreadyExists, SessionNotFound } from '../../../src/index.ts';
import { aPagefold, aStore, collect, talk } from './a-pagefold.ts';
import { aStoreWith, type StoreCall } from './a-watched-store.ts';

describe('export and import', () => {
  test('W-73: bring a session whole to another pagefold, byte for byte', async () => {
    const source = await aPagefold();
    const session = source.session('s', {
      tenant: 'acme',
      userId: 'u-1',
      systemPrompt: 'P',
      infiniteContext: true,
      maxTurnsPerSegment: 4,
    });
    await talk(session, 5);
    await session.toolUsed({ toolName: 't', result: { a: [1] } });
    await session.setState('step', 1);
    const { id } = await session.runs.create({ metadata: { goal: 'x' } });
    await session.runs.start(id);
    const lines = await collect(session.export());

    const target = await aPagefold();
    const result = await target.importSession(lines);
    const copy = target.session('s', { tenant: 'acme', infiniteContext: true });

    expect(result).toEqual({
      key: { tenant: 'acme', sessionId: 's' },
      records: lines.length - 1,
      missingContents: 0,
    });
    expect(await collect(copy.export())).toEqual(lines);
    expect(await copy.getSession()).toEqual(await session.getSession());
    expect(await copy.getStats()).toEqual(await session.getStats());
    expect(await target.tenantUsage('acme')).toEqual(await source.tenantUsage('acme'));
    expect(await collect(target.sessions({ tenant: 'acme', userId: 'u-1' }))).toHaveLength(1);
    await copy.userSays('and on it goes');
    expect(await copy.getConversation()).toHaveLength(11);
  });

  test('restore under another key, beside the original', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 1);

    const lines = await collect(session.export());
    await pagefold.importSession(lines, { sessionId: 'copy', tenant: 'archive' });

    const copy = pagefold.session('copy', { tenant: 'archive' });
    expect(await copy.getConversation()).toEqual(await session.getConversation());
    expect((await copy.getSession()).id).toBe('copy');
  });

  test('take lines from a stream, and many of them', async () => {
    const pagefold = await aPagefold({ limits: { sessionQueue: 1000 } });
    const session = pagefold.session('s');
    await Promise.all(Array.from({ length: 700 }, (_, index) => session.userSays(`m ${index}`)));
    const target = await aPagefold();

    const result = await target.importSession(session.export());

    expect(result.records).toBe(701);
    expect(await target.session('s').getConversation()).toHaveLength(700);
  });

  test('W-11: C-34: never write over a session that is there', async () => {
    const pagefold = await aPagefold();
    const session = pagefold.session('s');
    await talk(session, 1);
    const lines = await collect(session.export());
    await session.userSays('more');

    await expect(pagefold.importSession(lines)).rejects.toThrow(SessionAlreadyExists);
    expect(await session.getConversation()).toHaveLength(3);
  });

  test('name the line that is wrong, write nothing, and quote nothing', async () => {
    const source = await aPagefold();
    const session = source.session('s');
    await session.userSays('secret words');
    const lines = await collect(session.export());
    const target = await aPagefold();
    const replaced = (index: number, line: string): string[] => lines.with(index, line);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [[], 'line 1'],
      [['{}'], 'line 1.format'],
      [replaced(2, '{"record": "1{secret'), 'line 3'],
      [replaced(2, '{"record": "1{}"}'), 'line 3.record'],
      [replaced(2, '{"record": 5}'), 'line 3.record'],
      [replaced(1, lines[2]!), 'record 1'],
      [replaced(2, lines[1]!), 'record 2'],
      [lines.slice(0, -1), 'records'],
      [[...lines, lines[2]!], 'records'],
    ];

    for (const [given, field] of cases) {
      const error: unknown = await target.importSession(given).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'INVALID_INPUT', field });
      expect(String(error)).not.toContain('secret');
    }
    await expect(
      target.importSession([lines[0]!.replace('"version":1', '"version":99')]),
    ).rejects.toMatchObject({ code: 'SCHEMA_TOO_NEW' });
    expect((await target.stats()).store.sessions).toBe(0);
  });

  test('end links to sessions that do not return them, and keep those that do', async () => {
    const pagefold = await aPagefold();
    await pagefold.session('parent').userSays('hello');
    const session = pagefold.session('s', { parentId: 'parent' });
    await session.userSays('hello');
    await pagefold.session('child', { parentId: 's' }).userSays('hello');
    const lines = await collect(session.export());

    await pagefold.importSession(lines, { sessionId: 'copy' });
    const elsewhere = await aPagefold();
    await elsewhere.importSession(lines);

    expect(await pagefold.session('copy').family.childIds()).toEqual([]);
    expect(await pagefold.session('copy').family.parentId()).toBe('parent');
    expect(await pagefold.session('parent').family.childIds()).toEqual(['s', 'copy']);
    expect(await session.family.childIds()).toEqual(['child']);
    expect(await elsewhere.session('s').family.parentId()).toBeNull();
    expect(await elsewhere.session('s').family.childIds()).toEqual([]);
  });

  test('a restored backup keeps the links that still hold, and so the same bytes', async () => {
    const pagefold = await aPagefold({ store: aStore() });
    await pagefold.session('parent').userSays('hello');
    const lines = await collect(pagefold.session('parent').export());
    const target = await aPagefold();

    await target.importSession(lines);

    expect(await collect(target.session('parent').export())).toEqual(lines);
  });

  test('a fork does not take for its history what its origin says since it was restored from an older backup', async () => {
    const source = await aPagefold();
    const origin = source.session('origin');
    await talk(origin, 1);
    const older = await collect(origin.export());
    await origin.userSays('shared with the fork');
    const fork = await origin.fork({ sessionId: 'fork' });
    const deeper = await fork.fork({ sessionId: 'deeper', position: 2 });
    const [newer, lines, deeperLines] = [
      await collect(origin.export()),
      await collect(fork.export()),
      await collect(deeper.export()),
    ];
    const regressed = await aPagefold({ store: aStore() });
    await regressed.importSession(older);
    await regressed.session('origin').userSays('never seen by the fork');
    const whole = await aPagefold({ store: aStore() });
    await whole.importSession(newer, { tenant: 'b' });

    await expect(regressed.importSession(lines)).rejects.toMatchObject({
      code: 'SESSION_NOT_FOUND',
      message: expect.stringContaining('another history') as string,
    });
    await whole.importSession(lines, { tenant: 'b' });
    await whole.importSession(deeperLines, { tenant: 'b' });

    expect(await regressed.session('fork').exists()).toBe(false);
    expect(await whole.session('fork', { tenant: 'b' }).getConversation()).toHaveLength(3);
    expect(await whole.session('deeper', { tenant: 'b' }).getConversation()).toHaveLength(1);
  });

  test('a fork is exported also where its origin is gone, or ends before it by now', async () => {
    const store = aStore();
    const pagefold = await aPagefold({ store });
    const origin = pagefold.session('origin');
    await origin.userSays('one');
    const older = await collect(origin.export());
    await talk(origin, 1);
    await (await origin.fork({ sessionId: 'fork' })).userSays('of the fork');
    const whole = await collect(pagefold.session('fork').export());
    await store.remove({ key: { tenant: 'default', sessionId: 'origin' } });
    const without = await collect((await aPagefold({ store })).session('fork').export());
    await (await aPagefold({ store })).importSession(older);

    const shorter = await collect((await aPagefold({ store })).session('fork').export());

    expect([without.slice(1), shorter.slice(1)]).toEqual([whole.slice(1), whole.slice(1)]);
    expect(JSON.parse(whole[0] ?? '')).toHaveProperty('lastShared');
    expect(JSON.parse(shorter[0] ?? '')).not.toHaveProperty('lastShared');
  });

  test('a fork needs its origin, and is one again after the import', async () => {
    const source = await aPagefold();
    const origin = source.session('origin');
    await talk(origin, 1);
    const fork = await origin.fork({ sessionId: 'fork' });
    await fork.userSays('on my own');
    const [originLines, forkLines] = [await collect(origin.export()), await collect(fork.export())];
    const target = await aPagefold();
    await expect(target.importSession(forkLines)).rejects.toThrow(SessionNotFound);

    await target.importSession(originLines);
    await target.importSession(forkLines);

    expect(await target.session('fork').getConversation()).toEqual(await fork.getConversation());
    await expect(target.session('origin').delete()).rejects.toMatchObject({
      code: 'INVALID_SESSION_OPERATION',
    });
  });
});

test('what others wrote to a session while it was imported stays when the import fails', async () => {
  const store = aStore();
  const pagefold = await aPagefold({ store });
  await talk(pagefold.session('origin'), 150);
  const lines = await collect(pagefold.session('origin').export());
  let appends = 0;
  const isMeant = ({ name, params }: StoreCall): boolean =>
    name === 'append' && params.key?.sessionId === 'copy' && (appends += 1) === 2;
  const before = (): Promise<string> => pagefold.session('copy').userSays('I was told so');
  const slow = await aPagefold({ store: aStoreWith(store, { isMeant, before }) });

  await expect(slow.importSession(lines, { sessionId: 'copy' })).rejects.toMatchObject({
    code: 'UNKNOWN_OUTCOME',
    cause: { code: 'SESSION_CONFLICT' },
  });

  const turns = await pagefold.session('copy').getConversation();
  expect(turns.at(-1)?.content).toBe('I was told so');
});
