import { expect, test } from 'vitest';
import type { LogEvent } from '../../../src/domain/log-event.ts';
import type { Pagefold } from '../../../src/index.ts';
import { decodeRecord, encodeRecord } from '../../../src/store/codec.ts';
import { aPagefold, collect } from './a-pagefold.ts';

/** Every kind of record, each with what it may hold. */
const KINDS: Readonly<Record<LogEvent['type'], true>> = {
  'session-created': true,
  'system-prompt-changed': true,
  'properties-changed': true,
  'values-changed': true,
  'event-recorded': true,
  'event-usage-changed': true,
  'event-metadata-changed': true,
  'segment-closed': true,
  'summary-applied': true,
  'segments-summarised': true,
  'run-changed': true,
  'parent-changed': true,
  'child-changed': true,
  'memory-changed': true,
};

async function live(pagefold: Pagefold): Promise<void> {
  const session = pagefold.session('s', {
    userId: 'u',
    metadata: { z: 1, a: { b: 1, a: 2 } },
    systemPrompt: 'Be brief.',
    infiniteContext: true,
    tokenThreshold: 60,
    summarize: (_messages, { segment }) => `Told ${segment}.`,
  });
  for (let turn = 0; turn < 20; turn += 1) {
    await session.userSays(`What is the number after ${turn}, and ${'why '.repeat(20)}?`);
    const usage = { prompt_tokens: 10, completion_tokens: 20, total_tokens: 30 };
    await session.aiResponds(`It is ${turn + 1}.`, {
      model: turn % 2 === 0 ? 'gpt-4o-mini' : 'mine',
      eventId: `answer-${turn}`,
      ...(turn % 3 === 0 ? { usage } : {}),
      ...(turn % 4 === 0 ? { costUsd: '0.123' } : {}),
    });
    await session.flush();
  }
  await session.toolUsed({ toolName: 'add', callId: 'c', arguments: { a: 1 }, result: { r: 2 } });
  await session.recordFailure(new Error('busy'), { model: 'gpt-4o', latencyMs: 1.5 });
  await session.setProperty('k', { b: 1, a: 2 });
  await session.setState('v', { b: 1, a: [1] });
  await session.events.changeMetadata('answer-3', {
    set: { x: { b: 1, a: 2 } },
    remove: ['model'],
  });
  await session.events.correctUsage('answer-1', { promptTokens: 7 });
  await session.events.correctUsage('answer-2', { model: 'gpt-4o', provider: 'openai' });
  await session.events.correctUsage('answer-5', { usage: { input_tokens: 1, output_tokens: 2 } });
  await session.runs.create({ runId: 'r', metadata: { b: 1, a: 2 } });
  await session.runs.start('r');
  await session.runs.fail('r', 'why');
  await pagefold.session('parent', { userId: 'u' }).userSays('hello');
  await pagefold.session('parent').family.addChild('s');
  await pagefold.session('child', { userId: 'u', parentId: 's' }).userSays('hello');
  const pageId = await session.memory.write({ content: 'a note', hint: 'note' });
  await session.memory.write({ content: { b: 1, a: 2 }, idempotencyKey: 'k' });
  await session.memory.pin(pageId);
  await session.memory.buildContext();
}

test('a record that is read and written again has the same bytes, whatever its kind', async () => {
  const pagefold = await aPagefold();
  await live(pagefold);
  const [, ...lines] = await collect(pagefold.session('s').export());
  const records = lines.map((line) => (JSON.parse(line) as { readonly record: string }).record);

  const decoded = records.map((record, at) => decodeRecord(record, at + 1));
  const kinds = new Set(decoded.map(({ type }) => type));

  expect(decoded.map(encodeRecord)).toEqual(records);
  expect([...kinds].toSorted()).toEqual(Object.keys(KINDS).toSorted());
});
