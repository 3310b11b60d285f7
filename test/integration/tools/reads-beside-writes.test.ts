import { describe, expect, test } from 'vitest';
import {
  createMemoryStore,
  openPagefold,
  SessionAwareToolProcessor,
  SessionTools,
} from '../../../src/index.ts';
import type { SessionManager, Store } from '../../../src/index.ts';

const call = (id: string, name: string): object => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: '{}' } }],
});

/** Something that is looked at and set; `isSet` is called when it is set, and the call is over when that is. */
class Register {
  value = 'old';
  isSet: () => Promise<void> | void = () => undefined;

  async processor(session: SessionManager, options: object = {}) {
    return SessionAwareToolProcessor.create(session, {
      guards: { limits: { cacheScope: 'session' } },
      tools: {
        look: { effect: 'read', isCacheable: true, execute: () => this.value },
        set: {
          effect: 'write',
          execute: async () => {
            this.value = 'new';
            await this.isSet();
            return 'done';
          },
        },
      },
      ...options,
    });
  }
}

/** A store that takes nothing while it is down, or takes it and loses the reply. */
function failingStore(): { readonly store: Store; mode: 'up' | 'down' | 'lossy' } {
  const base = createMemoryStore();
  const made = {
    mode: 'up' as 'up' | 'down' | 'lossy',
    store: new Proxy(base, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          if (name === 'append' && made.mode === 'down') throw new Error('disk full');
          const reply: unknown = await Reflect.apply(member, target, given);
          if (name === 'append' && made.mode === 'lossy') throw new Error('socket hang up');
          return reply;
        };
      },
    }),
  };
  return made;
}

describe('what was read before a write', () => {
  test('is not told again while the write is carried out, whatever the user says meanwhile', async () => {
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const session = pagefold.session('s');
    await session.userSays('Look, set it, and look again.');
    const register = new Register();
    let end = (): void => undefined;
    const paused = new Promise<void>((resolve) => {
      end = resolve;
    });
    register.isSet = () => paused;
    const processor = await register.processor(session);
    await processor.processLlmMessage(call('a', 'look'));
    const [again] = await processor.processLlmMessage(call('b', 'look'));
    expect(again).toMatchObject({ value: 'old', isCached: true });

    const writing = processor.processLlmMessage(call('c', 'set'));
    await expect.poll(() => register.value).toBe('new');
    const [beside] = await processor.processLlmMessage(call('d', 'look'));
    await session.userSays('And now?');
    const [later] = await processor.processLlmMessage(call('e', 'look'));
    end();
    await writing;

    expect(beside).toMatchObject({ value: 'new', isCached: false });
    expect(later).toMatchObject({ value: 'new', isCached: false });
  });

  test('is not told again in a later turn where the write could not be recorded, until it is', async () => {
    const failing = failingStore();
    await using pagefold = await openPagefold({
      store: failing.store,
      tokens: 'estimate',
      limits: { retryHorizonMs: 50 },
    });
    const session = pagefold.session('s');
    await session.userSays('Look, set it, and look again.');
    const register = new Register();
    register.isSet = () => {
      failing.mode = 'down';
    };
    const processor = await register.processor(session);
    await processor.processLlmMessage(call('a', 'look'));
    await expect(
      processor.processLlmMessage(call('b', 'set'), { operationId: 'set-it' }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    failing.mode = 'up';
    await session.userSays('And now?');
    const looks = [...(await processor.processLlmMessage(call('c', 'look')))];
    await processor.processLlmMessage(call('b', 'set'), { operationId: 'set-it' });
    looks.push(...(await processor.processLlmMessage(call('d', 'look'))));
    looks.push(...(await processor.processLlmMessage(call('e', 'look'))));

    expect(looks.map(({ value, isCached }) => [value, isCached])).toEqual([
      ['new', false],
      ['new', false],
      ['new', true],
    ]);
  });

  test('has gone when the record of the write is found whose reply was lost', async () => {
    const failing = failingStore();
    await using pagefold = await openPagefold({
      store: failing.store,
      tokens: 'estimate',
      limits: { retryHorizonMs: 50 },
    });
    const session = pagefold.session('s');
    await session.userSays('Set it, and look.');
    const register = new Register();
    register.isSet = () => {
      failing.mode = 'lossy';
    };
    const processor = await register.processor(session);
    await expect(processor.processLlmMessage(call('a', 'set'))).rejects.toMatchObject({
      code: 'UNKNOWN_OUTCOME',
    });
    failing.mode = 'up';
    await processor.processLlmMessage(call('b', 'look'));
    const [again] = await processor.processLlmMessage(call('c', 'look'));

    expect(again).toMatchObject({ value: 'new', isCached: true });
  });

  test('does not stay in doubt for good where another process recorded the same write', async () => {
    const store = createMemoryStore();
    await using here = await openPagefold({ store, tokens: 'estimate' });
    await using there = await openPagefold({ store, tokens: 'estimate' });
    const session = here.session('s');
    await session.userSays('Set it, and look.');
    await session.aiResponds('I set it.', { eventId: 'answer' });
    const options = { parentEventId: 'answer' };
    const register = new Register();
    register.isSet = async () => {
      register.isSet = () => undefined;
      const other = await register.processor(there.session('s'));
      await other.processLlmMessage(call('a', 'set'), options);
      register.value = 'newest';
    };
    const processor = await register.processor(session);
    await processor.processLlmMessage(call('a', 'set'), options);
    await processor.processLlmMessage(call('b', 'look'));
    const [again] = await processor.processLlmMessage(call('c', 'look'));

    expect(again).toMatchObject({ value: 'newest', isCached: true });
  });

  test('may be told again once a write that never ran is taken back', async () => {
    await using pagefold = await openPagefold({ tokens: 'estimate' });
    const session = pagefold.session('s');
    await session.userSays('Look.');
    const tools = await SessionTools.open(session, {
      limits: { cacheScope: 'session' },
      tools: { tools: { look: { effect: 'read', isCacheable: true }, set: { effect: 'write' } } },
    });
    await tools.finish({ report: await tools.begin('look', {}), result: 'old' });
    const [first, second] = [await tools.begin('set', {}), await tools.begin('set', {})];
    await session.userSays('Look again.');
    const look = await tools.begin('look', {});
    const told: unknown[] = [];
    for (const write of [first, first, second]) {
      tools.release(write);
      told.push(tools.reusable(look)?.result ?? null);
    }

    expect(told).toEqual([null, null, 'old']);
  });
});
