import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  createMemoryStore,
  openPagefold,
  SessionAwareToolProcessor,
  SessionProcedures,
} from '../../../src/index.ts';
import type { ToolProcessorOptions } from '../../../src/index.ts';

let ids = 0;
const asking = (name: string, args: object) => ({
  tool_calls: [{ id: `c${(ids += 1)}`, function: { name, arguments: JSON.stringify(args) } }],
});

/** Books where a passport is given, and else says that it is missing. */
const tools = {
  book: (args: { readonly [name: string]: unknown }) => {
    if (typeof args['passport'] !== 'string') throw new Error('passport is required');
    return { booked: args['flight'] };
  },
};

async function aProcessor(options: ToolProcessorOptions = { tools }) {
  const pagefold = await openPagefold();
  const session = pagefold.session('s');
  await session.userSays('book a flight to Rome');
  const processor = await SessionAwareToolProcessor.create(session, options);
  return { pagefold, session, processor, [Symbol.asyncDispose]: () => pagefold.close() };
}

describe('what was learnt from calls', () => {
  test('a password in the command of one user is told to no other who shares what is learnt', async () => {
    await using pagefold = await openPagefold();
    const shared = pagefold.session('procedures', { tenant: 'acme' });
    const sh = ({ cmd }: { readonly [name: string]: unknown }) => {
      if (String(cmd).includes('--bad')) throw new Error(`unknown option --bad in ${String(cmd)}`);
      return `ran ${String(cmd)}`;
    };
    const run = async (userId: string, commands: readonly string[]) => {
      const session = pagefold.session(`s-${userId}`, { tenant: 'acme', userId });
      await session.userSays(`run it for ${userId} with --password hunter2`);
      const options = { tools: { sh }, procedures: shared };
      const processor = await SessionAwareToolProcessor.create(session, options);
      const results = [];
      for (const cmd of commands)
        results.push(...(await processor.processLlmMessage(asking('sh', { cmd }))));
      return results;
    };
    await run('ann', ['--bad --password hunter2', '--password hunter2']);
    const told = await run('bob', ['--bad']);
    const lines = [];
    for await (const line of shared.export()) lines.push(line);
    expect(JSON.stringify(lines)).toContain('[redacted]');
    expect(JSON.stringify([told.map(({ suggestion }) => suggestion), lines])).not.toContain(
      'hunter2',
    );
  });

  test('G-115: a failure is answered with what put such a failure right before', async () => {
    await using made = await aProcessor();
    const { processor } = made;
    const [first] = await processor.processLlmMessage(asking('book', { flight: 'AZ1' }));
    expect(first).toMatchObject({ status: 'failed', errorClass: 'validation', suggestion: null });
    await processor.processLlmMessage(asking('book', { flight: 'AZ1', passport: 'X1' }));
    const [again] = await processor.processLlmMessage(asking('book', { flight: 'AZ2' }));
    expect(again?.suggestion).toContain('add passport');
    const memory = await processor.procedures?.memory();
    expect(memory?.stats()).toMatchObject({ sessionId: 's', totalCalls: 3, totalFixesDetected: 1 });
    expect(await processor.procedures?.suggest('book', 'book a flight to Rome')).toContain(
      'passport',
    );
  });

  test('what guards refused is a failure of its own kind, and how it was put right is learnt', async () => {
    const schema = z.object({ query: z.string(), limit: z.number() });
    await using made = await aProcessor({ tools: { find: { execute: () => ['shoes'], schema } } });
    const { processor } = made;
    await processor.processLlmMessage(asking('find', { query: 'shoes' }));
    await processor.processLlmMessage(asking('find', { query: 'shoes', limit: 5 }));
    const memory = await processor.procedures?.memory();
    expect(memory?.getPattern('find')?.errorPatterns).toMatchObject([
      { errorType: 'refused_by_schema', fixDelta: { added: { limit: 5 } } },
    ]);
    const [refused] = await processor.processLlmMessage(asking('find', { query: 'hats' }));
    expect(refused).toMatchObject({
      status: 'blocked',
      suggestion: expect.stringContaining('add limit'),
    });
  });

  test('the memory is in the log, the same in another process, and knows calls that were recorded without it', async () => {
    const store = createMemoryStore();
    await using here = await openPagefold({ store });
    const session = here.session('s');
    await session.userSays('book a flight');
    await session.toolUsed({
      toolName: 'book',
      arguments: { flight: 'A' },
      error: 'passport is required',
    });
    const processor = await SessionAwareToolProcessor.create(session, { tools });
    await processor.processLlmMessage(asking('book', { flight: 'A', passport: 'X' }));
    const ours = await processor.procedures?.memory();
    await using there = await openPagefold({ store });
    const theirs = await new SessionProcedures(there.session('s')).memory();
    expect(theirs.toState()).toEqual(ours?.toState());
    expect(theirs.fixRelations()).toHaveLength(1);
    expect(theirs.getCall('call-0001')).toMatchObject({
      contextGoal: 'book a flight',
      fixedBy: 'call-0002',
    });
  });

  test('what works again and again becomes a page that a model finds, once', async () => {
    await using made = await aProcessor();
    const { processor, session } = made;
    for (const flight of ['AZ1', 'AZ2', 'AZ3']) {
      await processor.processLlmMessage(asking('book', { flight, passport: 'X1' }));
    }
    const pageIds = await processor.procedures!.promote(session);
    expect(pageIds).toHaveLength(1);
    expect(await processor.procedures!.promote(session)).toEqual(pageIds);
    const found = await session.memory.search('book flight Rome', { pageType: 'procedure' });
    expect(found.map(({ pageId }) => pageId)).toEqual(pageIds);
    expect(await session.memory.forTool('t').getPage(pageIds[0] ?? '')).toMatchObject({
      text: 'For "book a flight to Rome", book works with {"passport":"X1"}.',
    });
    expect(await processor.procedures!.promote(session, { leastCount: 4 })).toEqual([]);
  });

  test('G-W70: sessions of a user share what they learn where they are told to, without secrets, until it is erased', async () => {
    await using pagefold = await openPagefold();
    const owner = { tenant: 'acme', userId: 'ann' };
    const shared = pagefold.session('procedures/ann', owner);
    const run = async (id: string, procedures: typeof shared) => {
      const session = pagefold.session(id, owner);
      await session.userSays('book a flight');
      return SessionAwareToolProcessor.create(session, { tools, procedures });
    };
    const first = await run('one', shared);
    await first.processLlmMessage(asking('book', { flight: 'A', api_key: 'hidden' }));
    await first.processLlmMessage(
      asking('book', { flight: 'A', api_key: 'hidden', passport: 'X' }),
    );
    const second = await run('two', shared);
    const [failed] = await second.processLlmMessage(asking('book', { flight: 'B' }));
    expect(failed?.suggestion).toContain('add passport');
    const lines: string[] = [];
    for await (const line of shared.export()) lines.push(line);
    expect(lines.join('\n')).not.toContain('hidden');
    await pagefold.erase(owner);
    expect(await pagefold.session('procedures/ann', owner).exists()).toBe(false);
  });

  test('every call of every session is learnt once, whatever the calls are called there', async () => {
    await using pagefold = await openPagefold();
    const shared = pagefold.session('procedures', { tenant: 'acme' });
    let isOpen = false;
    const book = () => {
      if (!isOpen) throw new Error('invalid date');
      return 'booked';
    };
    const run = async (userId: string) => {
      const session = pagefold.session(`chat-${userId}`, { tenant: 'acme', userId });
      await session.userSays('go');
      return SessionAwareToolProcessor.create(session, { tools: { book }, procedures: shared });
    };
    const asked = { tool_calls: [{ id: 'call_0', function: { name: 'book', arguments: '{}' } }] };
    const ann = await run('ann');
    await ann.processLlmMessage(asked);
    isOpen = true;
    const bob = await run('bob');
    const [booked] = await bob.processLlmMessage(asked);
    const [again] = await bob.processLlmMessage(asked);

    expect(booked).toMatchObject({ status: 'succeeded', isRepeated: false, bindingId: 'v1' });
    expect(again).toMatchObject({ status: 'succeeded', isRepeated: true });
    const memory = await bob.procedures?.memory();
    expect(memory?.recentCalls().map(({ outcome }) => outcome)).toEqual(['success', 'failure']);
  });

  test('learning can be turned off', async () => {
    await using made = await aProcessor({ tools, procedures: false });
    expect(made.processor.procedures).toBeNull();
    const [failed] = await made.processor.processLlmMessage(asking('book', {}));
    expect(failed?.suggestion).toBeNull();
  });
});
