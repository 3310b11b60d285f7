import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/domain/json.ts';
import { MAX_RECORD_LENGTH } from '../../../src/domain/record-limit.ts';
import { aNewEvent, aNewSession, aPolicy, aRecordCommand } from '../../lib/commands.ts';
import { aShard, HeldCalls, isOpen, KEY, says, settled } from './test-shard.ts';

describe('coalescing', () => {
  test('makes one append of all commands of a tick', async () => {
    const { execute, appends } = aShard();
    const replies = await Promise.all(['a', 'b', 'c', 'd'].map((text) => execute(says(text))));
    expect(appends).toHaveLength(1);
    expect(appends[0]?.records).toHaveLength(5);
    expect(replies.map((reply) => reply.state.version)).toEqual([5, 5, 5, 5]);
  });

  test('C-117: keeps every event of concurrent calls, in the order of the calls', async () => {
    const { execute, shard } = aShard();
    await execute(says('first'));
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, index) => execute(says(`message ${index}`))),
    );
    const positions = replies.map((reply) => reply.kind === 'committed' && reply.firstPosition);
    expect(positions).toEqual(Array.from({ length: 20 }, (_, index) => index + 3));
    expect(shard.stats()).toMatchObject({ commits: 2, commands: 21, queued: 0 });
  });

  test('invariant 9: has one append under way, and makes the next one of all that came meanwhile', async () => {
    const held = new HeldCalls('append');
    const { execute, appends } = aShard({ pass: held.pass });
    const first = execute(says('first'));
    await settled();
    const others = ['a', 'b', 'c'].map((text) => execute(says(text)));
    await settled();
    expect({ sent: appends.length, waiting: held.count }).toEqual({ sent: 1, waiting: 1 });
    await held.release();
    await expect(first).resolves.toMatchObject({ kind: 'committed', firstPosition: 1 });
    expect(appends[1]?.records).toHaveLength(3);
    await held.release();
    await Promise.all(others);
    expect(appends).toHaveLength(2);
  });

  test('leaves what does not fit into a commit to the next one', async () => {
    const { execute, appends } = aShard({ limits: { commitRecords: 3 } });
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => execute(says(text))));
    expect(appends.map((append) => append.records.length)).toEqual([3, 2]);
  });

  test('leaves text that does not fit into a commit to the next one', async () => {
    const { execute, appends } = aShard({ limits: { commitLength: 2500 } });
    const text = 'x'.repeat(800);
    await Promise.all([text, text, text, text].map((message) => execute(says(message))));
    expect(appends.length).toBeGreaterThan(1);
    expect(appends.flatMap((append) => append.records)).toHaveLength(5);
  });
});

describe('the output gate', () => {
  test('invariant 1: tells nobody anything before the commit is acknowledged', async () => {
    const held = new HeldCalls('append');
    const { execute, read } = aShard({ pass: held.pass });
    const command = execute(says('first'));
    const later = read();
    await settled();
    expect(await isOpen(command)).toBe(true);
    expect(await isOpen(later)).toBe(true);
    await held.release();
    await expect(command).resolves.toMatchObject({ kind: 'committed' });
    await expect(later).resolves.toMatchObject({ version: 2 });
  });

  test('answers calls of one session in the order in which they came', async () => {
    const { execute, read } = aShard();
    const order: string[] = [];
    const note = (name: string) => () => void order.push(name);
    await Promise.all([
      execute(says('a')).then(note('record')),
      read().then(note('read')),
      execute(says('b')).then(note('record again')),
      read('fresh').then(note('read again')),
    ]);
    expect(order).toEqual(['record', 'read', 'record again', 'read again']);
  });

  test('lets a read see everything that was asked for before it', async () => {
    const { execute, read } = aShard();
    void execute(says('a'));
    const between = read();
    void execute(says('b'));
    await expect(between).resolves.toMatchObject({ version: 2 });
    await expect(read()).resolves.toMatchObject({ version: 3 });
  });
});

describe('isolation', () => {
  test('W-08: an event too large for the store fails alone', async () => {
    const { execute } = aShard();
    const [before, tooLarge, after] = await Promise.allSettled([
      execute(says('before')),
      execute(says('x'.repeat(MAX_RECORD_LENGTH))),
      execute(says('after')),
    ]);
    expect(before).toMatchObject({ status: 'fulfilled' });
    expect(tooLarge).toMatchObject({ status: 'rejected', reason: { code: 'EVENT_TOO_LARGE' } });
    expect(after).toMatchObject({ status: 'fulfilled', value: { firstPosition: 3 } });
  });

  test('a refused command does not keep the others of its commit from being recorded', async () => {
    const { execute, appends } = aShard();
    await execute(says('first'));
    const [refused, recorded] = await Promise.allSettled([
      execute({ type: 'create', session: aNewSession() }),
      execute(says('second')),
    ]);
    expect(refused).toMatchObject({ reason: { code: 'SESSION_ALREADY_EXISTS' } });
    expect(recorded).toMatchObject({ value: { firstPosition: 3 } });
    expect(appends).toHaveLength(2);
  });

  test('a command that makes the decision throw fails alone', async () => {
    const { execute } = aShard();
    const poison = Object.defineProperty(aNewEvent(), 'metadata', {
      get: () => {
        throw new Error('poison');
      },
    });
    const [poisoned, recorded] = await Promise.allSettled([
      execute({ ...aRecordCommand({}, { create: aNewSession() }), event: poison }),
      execute(says('after')),
    ]);
    expect(poisoned).toMatchObject({ reason: { code: 'SESSION_MANAGER_ERROR' } });
    expect(recorded).toMatchObject({ value: { firstPosition: 1 } });
  });

  test('W-08: an event that is no JSON fails alone', async () => {
    const { execute } = aShard();
    // What a caller without types may pass on.
    const metadata = { id: 12n } as unknown as JsonObject;
    const [poisoned, recorded] = await Promise.allSettled([
      execute(aRecordCommand({ metadata }, { create: aNewSession() })),
      execute(says('after')),
    ]);
    expect(poisoned).toMatchObject({ reason: { code: 'SESSION_MANAGER_ERROR' } });
    expect(recorded).toMatchObject({ value: { firstPosition: 1 } });
  });

  test('a fork of nothing fails alone', async () => {
    const { execute } = aShard();
    const fork = { sessionId: 'nowhere', lifeId: 'life-1', position: 3 };
    const [forked, recorded] = await Promise.allSettled([
      execute({ type: 'create', session: aNewSession({ fork }) }),
      execute(says('hello')),
    ]);
    expect(forked).toMatchObject({ reason: { code: 'SESSION_NOT_FOUND' } });
    expect(recorded).toMatchObject({ value: { firstPosition: 1 } });
  });

  test('keeps the failures of one session from the others', async () => {
    const { shard, execute } = aShard();
    const other = { tenant: KEY.tenant, sessionId: 'session-2' };
    const [refused, recorded] = await Promise.allSettled([
      shard.execute({ key: other, command: aRecordCommand() }),
      execute(says('hello')),
    ]);
    expect(refused).toMatchObject({ reason: { code: 'SESSION_NOT_FOUND' } });
    expect(recorded).toMatchObject({ value: { firstPosition: 1 } });
  });
});

describe('the outbox', () => {
  test('asks for a summary in the commit that closes the segment', async () => {
    const { execute, store, clock } = aShard();
    await execute(says('first'));
    await execute({
      type: 'close-segment',
      policy: aPolicy({ requestSummary: true }),
      model: 'small',
    });
    const due = await store.dueOutbox({ dueBeforeMs: clock.nowMs() + 3_600_000, limit: 10 });
    expect(due).toMatchObject([{ key: KEY, id: 'summarise/1' }]);
  });

  test('asks for no summary that the same commit brings', async () => {
    const { execute, store, clock, appends } = aShard();
    await execute(says('first'));
    await Promise.all([
      execute({ type: 'close-segment', policy: aPolicy({ requestSummary: true }), model: 'small' }),
      execute({ type: 'apply-summary', segment: 1, text: 'They talked.', model: 'small' }),
    ]);
    expect(appends).toHaveLength(2);
    await expect(
      store.dueOutbox({ dueBeforeMs: clock.nowMs() + 3_600_000, limit: 10 }),
    ).resolves.toEqual([]);
  });
});
