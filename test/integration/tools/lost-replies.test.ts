import { describe, expect, test } from 'vitest';
import { createMemoryStore, openPagefold, SessionAwareToolProcessor } from '../../../src/index.ts';
import type { Pagefold, SessionManager, Store } from '../../../src/index.ts';

const PAY = { type: 'tool-call', toolCallId: 'p1', toolName: 'pay', input: { euros: 5 } };
const MAIL = { type: 'tool-call', toolCallId: 'm1', toolName: 'mail', input: { to: 'ann' } };
const REQUEST = { type: 'tool-approval-request', approvalId: 'a1', toolCallId: 'p1' };
const said = (...content: readonly object[]): object => ({ role: 'assistant', content });

/** A store whose writes are carried out, and whose replies to them are lost while `isLosing` is set. */
function lossyStore(): { readonly store: Store; isLosing: boolean } {
  const made = {
    isLosing: false,
    store: new Proxy(createMemoryStore(), {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          const reply: unknown = await Reflect.apply(member, target, given);
          if (name === 'append' && made.isLosing) throw new Error('socket hang up');
          return reply;
        };
      },
    }),
  };
  return made;
}

function aRuntime(store: Store): Promise<Pagefold> {
  return openPagefold({ store, tokens: 'estimate', limits: { retryHorizonMs: 20 } });
}

async function aProcessor(session: SessionManager) {
  const ran: string[] = [];
  const execute = (_: object, { toolName }: { readonly toolName: string }) => {
    ran.push(toolName);
    return `${toolName} done`;
  };
  const tools = { pay: execute, mail: execute };
  return { ran, processor: await SessionAwareToolProcessor.create(session, { tools }) };
}

const UNKNOWN = { code: 'UNKNOWN_OUTCOME' };

describe('an answer whose record got no reply', () => {
  test.each([{}, { operationId: 'op1' }])(
    'has its calls run when it is given again, and once only: %j',
    async (options) => {
      const lossy = lossyStore();
      await using pagefold = await aRuntime(lossy.store);
      const session = pagefold.session('s');
      await session.userSays('go');
      const { ran, processor } = await aProcessor(session);
      lossy.isLosing = true;
      const answer = said(PAY, MAIL);
      await expect(processor.processLlmMessage(answer, options)).rejects.toMatchObject(UNKNOWN);
      lossy.isLosing = false;
      expect(ran).toEqual([]);
      const [first, beside] = await Promise.all([
        processor.processLlmMessage(answer, options),
        processor.processLlmMessage(answer, options),
      ]);
      expect(first).toMatchObject([{ value: 'pay done' }, { value: 'mail done' }]);
      expect(beside).toMatchObject([{ value: 'pay done' }, { value: 'mail done' }]);
      await processor.processLlmMessage(answer, options);
      expect(ran).toEqual(['pay', 'mail']);
    },
  );

  test('has them run by the process that recorded it, and by no other', async () => {
    const lossy = lossyStore();
    await using here = await aRuntime(lossy.store);
    await using there = await aRuntime(lossy.store);
    await here.session('s').userSays('go');
    const own = await aProcessor(here.session('s'));
    const other = await aProcessor(there.session('s'));
    lossy.isLosing = true;
    await expect(own.processor.processLlmMessage(said(PAY))).rejects.toMatchObject(UNKNOWN);
    lossy.isLosing = false;
    const told = [
      ...(await other.processor.processLlmMessage(said(PAY))),
      ...(await own.processor.processLlmMessage(said(PAY))),
      ...(await other.processor.processLlmMessage(said(PAY))),
    ];
    expect(told.map(({ status }) => status)).toEqual(['unknown', 'succeeded', 'succeeded']);
    expect([own.ran, other.ran]).toEqual([['pay'], []]);
  });

  test('may have had its calls begun by another process, which is then not known', async () => {
    const lossy = lossyStore();
    const store = lossy.store;
    await using here = await aRuntime(store);
    await using there = await aRuntime(store);
    await here.session('s').userSays('go');
    const own = await aProcessor(here.session('s'));
    const other = await aProcessor(there.session('s'));
    expect(await other.processor.processLlmMessage(said(PAY))).toMatchObject([
      { status: 'succeeded' },
    ]);
    lossy.isLosing = true;
    const results = await own.processor.processLlmMessage(said(PAY));
    expect(results).toMatchObject([{ status: 'succeeded', isRepeated: true }]);
    expect([own.ran, other.ran]).toEqual([[], ['pay']]);
  });

  test('has a call run that was approved meanwhile, once, and by itself alone', async () => {
    const lossy = lossyStore();
    await using pagefold = await aRuntime(lossy.store);
    const session = pagefold.session('s');
    await session.userSays('go');
    const { ran, processor } = await aProcessor(session);
    lossy.isLosing = true;
    const waiting = said(MAIL, PAY, REQUEST);
    await expect(processor.processLlmMessage(waiting)).rejects.toMatchObject(UNKNOWN);
    // The record of the approval gets no reply either.
    const approved = said(MAIL, PAY);
    await expect(processor.processLlmMessage(approved)).rejects.toMatchObject(UNKNOWN);
    lossy.isLosing = false;
    const results = await processor.processLlmMessage(approved);
    expect(results).toMatchObject([{ value: 'mail done' }, { value: 'pay done' }]);
    await processor.processLlmMessage(approved);
    expect(ran.toSorted()).toEqual(['mail', 'pay']);
  });

  test('keeps what the service says of it', async () => {
    await using pagefold = await aRuntime(createMemoryStore());
    const session = pagefold.session('s');
    await session.userSays('go');
    const { processor } = await aProcessor(session);
    const options = { operationId: 'op1', metadata: { shift: 'night' } };
    await processor.processLlmMessage(said(PAY), options);
    expect((await session.events.find('op1'))?.metadata).toMatchObject({ shift: 'night' });
    const wrong = { metadata: ['night'] as unknown as Record<string, unknown> };
    await expect(processor.processLlmMessage(said(MAIL), wrong)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      field: 'options.metadata',
    });
  });
});
