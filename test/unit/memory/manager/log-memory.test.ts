import { describe, expect, test } from 'vitest';
import { contentText } from '../../../../src/domain/message-content.ts';
import type { MemoryChange } from '../../../../src/domain/memory-change.ts';
import { MemoryLog, snapshotOf } from '../../../lib/memory/memory-log.ts';

const LONG = Array.from({ length: 40 }, (_, at) => `Sentence ${at} tells of thing ${at}.`).join(
  ' ',
);

function whole(...pageIds: readonly string[]): MemoryChange {
  const pages = pageIds.map((pageId) => ({ pageId, form: 'entry' as const, shown: null }));
  return { kind: 'compacted', cause: 'pressure', pages, available: [] };
}

function loaded(pageId: string, before: string | null = null): MemoryChange {
  const pages = [{ pageId, form: 'entry' as const, shown: null }];
  return { kind: 'faulted', actor: 'model', reason: 'resolve_reference', pages, before };
}

describe('LogMemory', () => {
  test('M-147: counts what the model loaded in the open turn although a compaction follows', async () => {
    const log = new MemoryLog();
    log.user('one');
    log.answer('two');
    log.user('three');
    log.change(whole('msg_3'));
    log.change(loaded('msg_1'));
    log.change(whole('msg_3'));
    const [piecewise, late] = [log.open(), log.open()];

    await log.follow(piecewise, 1);
    await log.follow(late);

    expect(late.memory.state.loads.faults).toMatchObject({ turn: 2, count: 1 });
    expect(snapshotOf(late)).toEqual(snapshotOf(piecewise));
  });

  test('M-198 M-W27: forgets what the model loaded when the next question comes', async () => {
    const log = new MemoryLog();
    log.user('one');
    log.change(loaded('msg_1'));
    log.user('two');
    log.change(whole('msg_3'));
    const late = log.open();

    await log.follow(late);

    expect(late.memory.state.loads.faults).toMatchObject({ turn: 2, count: 0, tokens: 0 });
  });

  test('knows in which turn a question was recalled although another compaction follows', async () => {
    const log = new MemoryLog();
    log.user('one');
    log.change({ ...(whole('msg_1') as MemoryChange & { kind: 'compacted' }), cause: 'recall' });
    log.change(whole('msg_1'));
    const late = log.open();

    await log.follow(late);

    expect(late.memory.state.loads.recalledTurn).toBe(1);
  });

  test('M-W63: places all pages of a compaction, also more than stay beside the context', async () => {
    const log = new MemoryLog({ maxHotPages: 2 });
    const ids: string[] = [];
    for (let at = 0; at < 12; at += 1) ids.push(`msg_${log.user(`question ${at}`)}`);
    log.change(whole(...ids.slice(-1)));
    for (let at = 0; at < 12; at += 1) ids.push(`msg_${log.answer(`answer ${at}`)}`);
    log.change(whole(...ids));
    const open = log.open();

    await log.follow(open);

    expect(open.memory.state.context().map(({ pageId }) => pageId)).toEqual(ids);
  });

  test('comes to the same when contents cannot be read for a while', async () => {
    const log = new MemoryLog({ maxHotPages: 1 });
    const ids = Array.from({ length: 8 }, (_, at) => `msg_${log.user(`question ${at}`)}`);
    log.change(whole('msg_8'));
    const [sound, ailing] = [log.open(), log.open()];
    await Promise.all([log.follow(sound), log.follow(ailing)]);
    log.change(loaded('msg_1'), { kind: 'pinned', pageId: 'msg_2', isPinned: true });
    log.user('one more');
    log.change(whole(...ids));
    log.change(loaded('msg_3'));

    const readAll = log.contents.bind(log);
    log.contents = () => {
      throw new TypeError('not now');
    };
    await expect(log.follow(ailing)).rejects.toThrow('not now');
    await expect(ailing.memory.settle()).rejects.toThrow('not now');
    log.contents = readAll;
    await ailing.memory.settle();
    await log.follow(sound);

    expect(snapshotOf(ailing)).toEqual(snapshotOf(sound));
  });

  test('M-W08: counts what failed in the open turn, also for a reader who comes late', async () => {
    const log = new MemoryLog();
    const failed = { kind: 'fault-failed', pageId: 'msg_9', code: 'PAGE_NOT_FOUND' } as const;
    log.user('one');
    log.change(failed);
    log.user('two');
    log.change(failed);
    log.change(whole('msg_1'));
    log.change(failed);
    const late = log.open();

    await log.follow(late);

    expect(late.memory.state.loads.faults).toMatchObject({ turn: 2, count: 0, failures: 2 });
  });
});

describe('buildContext', () => {
  test('M-W35: shows a question that is longer than the whole context, shortened', async () => {
    const log = new MemoryLog({ maxTokens: 700, mode: 'passive' });
    const open = log.open();
    log.user('Hello');
    log.answer('Hello to you.');
    const position = log.user(Array.from({ length: 40 }, () => LONG).join(' '));

    const { rendered, plan } = await log.build(open);

    expect(rendered.tokens).toBeLessThanOrEqual(700);
    expect(rendered.messages.at(-1)).toMatchObject({ role: 'user' });
    expect(plan.stretches.at(-1)).toMatchObject({ pageIds: [`msg_${position}`] });
  });

  test('M-W35: cuts a question without any borders between characters', async () => {
    const log = new MemoryLog({ maxTokens: 600, mode: 'passive' });
    const open = log.open();
    log.user('x'.repeat(200_000));

    const { rendered } = await log.build(open);

    expect(rendered.messages.at(-1)?.content).toMatch(/^[x\n]{200,}(?:\.\.\.)?$/);
  });

  test('M-202 M-W68: a shortened result does not repeat its call, and its error is told once', async () => {
    const log = new MemoryLog({ maxTokens: 900, mode: 'passive' });
    const open = log.open();
    log.user('Look it up.');
    const calls = ['c1', 'c2'].map((id) => ({
      id,
      function: { name: 'look_up', arguments: '{"q":1}' },
    }));
    log.record({
      message: { content: LONG, tool_calls: calls },
      source: 'llm',
      type: 'message',
    });
    const use = { tool: 'look_up', arguments: { q: 1 } };
    const results = [
      { ...use, callId: 'c1', result: LONG },
      { ...use, callId: 'c2', result: LONG, success: false },
    ];
    for (const message of results) log.record({ message, source: 'system', type: 'tool_call' });

    const { rendered, changes } = await log.build(open, { maxTokens: 500 });

    const told = rendered.messages.slice(1).map(({ content }) => contentText(content));
    expect(changes).toMatchObject([{ kind: 'compacted', cause: 'pressure' }]);
    expect(rendered.messages.map(({ role }) => role)).toContain('tool');
    expect(told.join('\n')).not.toContain('look_up(');
    expect(told.filter((text) => text.includes('"details"{"error"'))).toEqual([]);
  });

  test('shows a result right after its call although a page was loaded in between', async () => {
    const log = new MemoryLog({ mode: 'passive' });
    const open = log.open();
    log.user('Long ago');
    log.answer('So it was.');
    log.user('Look it up.');
    log.change(whole('msg_3'));
    const call = { id: 'c1', function: { name: 'look_up', arguments: '{}' } };
    log.record({ message: { content: null, tool_calls: [call] }, source: 'llm', type: 'message' });
    log.change(loaded('msg_1'));
    const message = { callId: 'c1', tool: 'look_up', result: 'found' };
    log.record({ message, source: 'system', type: 'tool_call' });

    const { rendered } = await log.build(open, { question: null });

    const roles = rendered.messages.map(({ role }) => role);
    const at = roles.indexOf('assistant');
    expect(rendered.messages[at + 1]).toMatchObject({ role: 'tool', content: 'found' });
    expect(roles.filter((role) => role === 'tool')).toHaveLength(1);
  });
});
