import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Command } from '../../../src/domain/command.ts';
import { evolveAll } from '../../../src/domain/evolve.ts';
import type { SessionState } from '../../../src/domain/session-state.ts';
import { readLog } from '../../../src/store/log-reader.ts';
import type { Store } from '../../../src/store/store.ts';
import { aNewSession, aPolicy, aRecordCommand } from '../../lib/commands.ts';
import { aSession } from '../../lib/session.ts';
import { aShard, KEY, settled } from '../../unit/actors/test-shard.ts';

const RUN_IDS = ['run-1', 'run-2'];

const policy = fc.constantFrom(null, aPolicy({ maxTurnsPerSegment: 2, carryTokens: 10 }));
const text = fc.string({ maxLength: 12 });
const runId = fc.constantFrom(...RUN_IDS);

/** Commands whose ids are given, so that two ways of carrying them out can be compared. */
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(text, fc.uuid(), policy).map(recordOf) },
  { weight: 1, arbitrary: fc.constant<Command>({ type: 'create', session: aNewSession() }) },
  { weight: 1, arbitrary: text.map(valuesOf) },
  { weight: 1, arbitrary: text.map(propertiesOf) },
  {
    weight: 1,
    arbitrary: runId.map((id): Command => ({ type: 'start-run', runId: id, metadata: {} })),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(runId, fc.constantFrom('running', 'failed' as const)).map(moveOf),
  },
  {
    weight: 1,
    arbitrary: fc.constant<Command>({
      type: 'close-segment',
      policy: aPolicy({ requestSummary: true }),
      model: 'small',
    }),
  },
);

/** Groups of commands, each of which is sent in one tick. */
const ticks = fc.array(fc.array(command, { minLength: 1, maxLength: 5 }), { maxLength: 8 });

const limits = fc.record({
  commitRecords: fc.constantFrom(1, 3, 512),
  activationBytes: fc.constantFrom(0, 1_000_000),
  snapshotEvents: fc.integer({ min: 1, max: 6 }),
  passivationSnapshotEvents: fc.integer({ min: 1, max: 4 }),
});

describe('Shard', () => {
  test('invariants 7 and 14: does what deciding and folding on the spot does, however it batches and passivates', async () => {
    await fc.assert(
      fc.asyncProperty(ticks, limits, async (plan, bounds) => {
        const { shard, clock, store, execute, read } = aShard({ limits: bounds });
        const reference = aSession({ key: KEY, session: null, env: { nowMs: clock.nowMs() } });
        for (const tick of plan) {
          const outcomes = await Promise.allSettled(tick.map((one) => execute(one)));
          const expected = tick.map((one) => isTaken(() => reference.run(one)));
          expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual(expected);
          await settled();
        }
        expect(withoutLife(await read())).toEqual(withoutLife(reference.current));
        expect(withoutLife(await foldOf(store))).toEqual(withoutLife(reference.current));
        expect(shard.stats()).toMatchObject({ queued: 0, retries: 0 });
      }),
      { numRuns: 60 },
    );
  });
});

async function foldOf(store: Store): Promise<SessionState | null> {
  const head = await store.head({ key: KEY });
  if (head === null) return null;
  const events = [];
  for await (const page of readLog(store, { key: KEY, fromPosition: 1 })) {
    events.push(...page.map((entry) => entry.event));
  }
  return evolveAll(null, events);
}

function isTaken(task: () => unknown): boolean {
  try {
    task();
    return true;
  } catch {
    return false;
  }
}

function recordOf([message, id, segmentPolicy]: readonly [
  string,
  string,
  ReturnType<typeof aPolicy> | null,
]): Command {
  return aRecordCommand({ message, id }, { policy: segmentPolicy, create: aNewSession() });
}

function valuesOf(value: string): Command {
  return { type: 'change-values', change: { set: { value }, remove: [] } };
}

function propertiesOf(value: string): Command {
  return { type: 'change-properties', change: { set: { value }, remove: ['other'] } };
}

function moveOf([id, to]: readonly [string, 'running' | 'failed']): Command {
  return { type: 'move-run', runId: id, to, reason: undefined };
}

/** Two creations never make the same life. */
function withoutLife(state: SessionState | null): Omit<SessionState, 'lifeId'> | null {
  if (state === null) return null;
  const { lifeId: _, ...rest } = state;
  return rest;
}
