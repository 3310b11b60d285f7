import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import type { Store } from '../../../src/store/store.ts';
import { aKey, anAppend } from '../../../src/testing/store-builders.ts';
import { type VirtualClock, virtualClock } from '../../../src/testing/virtual-clock.ts';

const HORIZON_MS = 10 * 60_000;

const step = fc.record({
  tenant: fc.constantFrom('acme', 'zeta'),
  sessionId: fc.constantFrom('a', 'b', 'c'),
  writer: fc.constantFrom('w1', 'w2', 'w3'),
  kind: fc.constantFrom(
    'append',
    'append',
    'append',
    'snapshot',
    'settle',
    'remove',
    'erase',
    'wait',
  ),
  text: fc.string({ unit: 'binary', maxLength: 30 }),
  userId: fc.option(fc.constantFrom('ada', 'bób')),
  lifeMs: fc.option(fc.integer({ min: 0, max: 60_000 })),
});

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Carries out one step, as far as the session is in a state for it. */
async function take(
  store: Store,
  clock: VirtualClock,
  wanted: Step & { readonly operation: number },
): Promise<void> {
  const key = aKey({ tenant: wanted.tenant, sessionId: wanted.sessionId });
  const loaded = await store.load({ key });
  const known = loaded.kind === 'found' ? loaded.point : null;
  switch (wanted.kind) {
    case 'append':
      await append(store, wanted, known);
      return;
    case 'snapshot':
      if (known !== null)
        await store.saveSnapshot({ key, snapshot: { point: known, body: wanted.text } });
      return;
    case 'settle':
      await store.settleOutbox({ key, id: wanted.text, dueAtMs: null });
      return;
    case 'remove':
      await store.remove({ key });
      return;
    case 'erase':
      await store.erase({
        scope: { kind: 'user', tenant: wanted.tenant, userId: wanted.userId ?? 'ada' },
      });
      return;
    default:
      clock.advance(20_000);
  }
}

async function append(
  store: Store,
  wanted: Step & { readonly operation: number },
  known: Parameters<Store['append']>[0]['known'],
): Promise<void> {
  const { tenant, sessionId, writer, operation, text, userId, lifeMs } = wanted;
  await store.append(
    anAppend({
      key: aKey({ tenant, sessionId }),
      write: { writer, operation },
      known,
      records: [text, text],
      labels: { userId, properties: text === '' ? {} : { text } },
      outbox: { add: [{ id: text, dueAtMs: operation }], remove: [String(operation)] },
      ...(known === null ? { timeToLive: { absoluteMs: null, slidingMs: lifeMs } } : {}),
    }),
  );
}

describe('createMemoryStore', () => {
  test('C-78: what is booked for a session is given back when it goes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = virtualClock();
        const store = createMemoryStore({ clock });
        for (const [index, wanted] of steps.entries()) {
          // In order: steps depend on one another.
          await take(store, clock, { ...wanted, operation: index + 1 });
        }
        await store.erase({ scope: { kind: 'tenant', tenant: 'acme' } });
        await store.erase({ scope: { kind: 'tenant', tenant: 'zeta' } });
        clock.advance(HORIZON_MS + 1);
        await store.sweep({ limit: 1000 });
        expect(await store.stats()).toMatchObject({
          sessions: 0,
          records: 0,
          bytes: 0,
          outboxEntries: 0,
        });
        await store.close();
      }),
      { numRuns: 200 },
    );
  });

  test('C-78: whatever is asked of it, a store holds no more than its bounds', async () => {
    const maxBytes = 6000;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
        const clock = virtualClock();
        const store = createMemoryStore({ clock, maxBytes, maxSessions: 4 });
        for (const [index, wanted] of steps.entries()) {
          // In order: steps depend on one another.
          await take(store, clock, { ...wanted, operation: index + 1 }).catch(expectOverload);
          const { bytes, sessions } = await store.stats();
          expect(bytes).toBeLessThanOrEqual(maxBytes);
          expect(sessions).toBeLessThanOrEqual(4);
        }
        await store.close();
      }),
      { numRuns: 200 },
    );
  });
});

function expectOverload(error: unknown): void {
  expect(error).toMatchObject({ code: 'OVERLOADED', scope: 'store' });
}
