import { expect } from 'vitest';
import { PagefoldError } from '../../domain/errors.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { AppendParams, AppendResult, HistoryPoint, Store } from '../../store/store.ts';
import { scriptedFaults, seededFaults, type Fate } from '../fault-plan.ts';
import { type FaultyStore, faultyStore } from '../faulty-store.ts';
import { aKey, anAppend, aWriter } from '../store-builders.ts';
import { runTimersUntil, type VirtualClock } from '../virtual-clock.ts';
import { recorded, wholeLog } from './outcomes.ts';
import type { StoreCases, StoreSubject } from './store-subject.ts';

const key = aKey();
const SEEDS = 20;
const WRITERS = 4;
const WRITES = 12;

/** Repeats a write, unchanged, until its outcome is known. */
async function appendUntilKnown(store: Store, params: AppendParams): Promise<AppendResult> {
  for (;;) {
    try {
      // In order: the next copy is sent only when the one before was lost.
      return await store.append(params);
    } catch (error) {
      if (!PagefoldError.isInstance(error) || error.code !== 'UNKNOWN_OUTCOME') throw error;
    }
  }
}

/** One writer of several; returns its records with the positions the store told it. */
async function writeThroughFaults(
  store: Store,
  options: { readonly session: SessionKey; readonly name: string; readonly start: HistoryPoint },
): Promise<ReadonlyMap<string, number>> {
  const writer = aWriter(options.name);
  const placed = new Map<string, number>();
  let known = options.start;
  for (let index = 0; index < WRITES; index++) {
    const record = `${options.name}/${index}`;
    const params = anAppend({
      key: options.session,
      known,
      write: writer.next(),
      records: [record],
    });
    // In order: a writer has one append under way.
    const result = await appendUntilKnown(store, params);
    if (result.kind !== 'ok' && result.kind !== 'duplicate')
      throw new TypeError(`unexpected ${result.kind}`);
    placed.set(record, result.firstPosition);
    known = result.point;
  }
  return placed;
}

async function runSeed(store: Store, clock: VirtualClock, seed: number): Promise<void> {
  const session = aKey({ tenant: `seed-${seed}` });
  const { point: start } = await recorded(store, anAppend({ key: session, records: ['start'] }));
  const chances = {
    'drop-request': 0.1,
    'drop-reply': 0.15,
    late: 0.1,
    duplicate: 0.15,
    delay: 0.2,
  };
  const network = faultyStore(store, seededFaults({ clock, seed, chances }));
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    writeThroughFaults(network, { session, name: `writer-${index + 10}`, start }),
  );
  const placed = await runTimersUntil(clock, Promise.all(writers));
  await runTimersUntil(clock, network.settled());
  const log = await wholeLog(store, session);
  const written = placed.flatMap((records) => [...records]);
  const head = await store.head({ key: session });
  // The seed is part of what is compared, so that a failure names it.
  expect({
    seed,
    log: log.toSorted(),
    places: written.map(([, position]) => log[position - 1]),
    counted: head?.counters.events,
  }).toEqual({
    seed,
    log: ['start', ...written.map(([record]) => record)].toSorted(),
    places: written.map(([record]) => record),
    counted: log.length,
  });
}

async function withFault(
  subject: StoreSubject,
  fate: Fate,
): Promise<{ readonly network: FaultyStore; readonly known: HistoryPoint }> {
  const { point: known } = await recorded(subject.store, anAppend());
  return { network: faultyStore(subject.store, scriptedFaults(subject.clock, [fate])), known };
}

/** The contract seen through a network that loses, delays and repeats calls. */
export const faultCases: StoreCases = {
  'nothing is lost, doubled or misplaced whatever the network does': async ({ store, clock }) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      // In order, so that a failure names its seed and nothing else runs.
      await runSeed(store, clock, seed);
    }
  },

  'a write whose reply was lost is answered as a duplicate': async (subject) => {
    const { network, known } = await withFault(subject, 'drop-reply');
    const params = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    expect(await appendUntilKnown(network, params)).toMatchObject({
      kind: 'duplicate',
      firstPosition: 2,
    });
  },

  'a write that never arrived is recorded when it is repeated': async (subject) => {
    const { network, known } = await withFault(subject, 'drop-request');
    const params = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    expect(await appendUntilKnown(network, params)).toMatchObject({ kind: 'ok', firstPosition: 2 });
  },

  'a write that arrives after its writer went on is refused as stale': async (subject) => {
    const { network, known } = await withFault(subject, 'late');
    const abandoned = anAppend({
      known,
      write: { writer: 'writer-1', operation: 2 },
      records: ['abandoned'],
    });
    await expect(network.append(abandoned)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await recorded(
      network,
      anAppend({ known, write: { writer: 'writer-1', operation: 3 }, records: ['kept'] }),
    );
    await runTimersUntil(subject.clock, network.settled());
    expect(network.lateAnswers).toEqual([{ method: 'append', answer: { kind: 'stale-write' } }]);
    expect((await wholeLog(subject.store, key)).slice(1)).toEqual(['kept']);
  },

  'W-04: a write that arrives after the deletion does not bring the session back': async (
    subject,
  ) => {
    const { network, known } = await withFault(subject, 'late');
    const abandoned = anAppend({ known, write: { writer: 'writer-1', operation: 2 } });
    await expect(network.append(abandoned)).rejects.toMatchObject({ code: 'UNKNOWN_OUTCOME' });
    await network.remove({ key });
    await runTimersUntil(subject.clock, network.settled());
    expect(network.lateAnswers).toEqual([
      { method: 'append', answer: { kind: 'gone', wasRecorded: false } },
    ]);
    expect(await subject.store.load({ key })).toEqual({ kind: 'missing' });
  },

  'a second copy of a write changes nothing': async (subject) => {
    const { network, known } = await withFault(subject, 'duplicate');
    await recorded(network, anAppend({ known, write: { writer: 'writer-1', operation: 2 } }));
    await runTimersUntil(subject.clock, network.settled());
    expect(network.lateAnswers).toMatchObject([
      { method: 'append', answer: { kind: 'duplicate', firstPosition: 2 } },
    ]);
    expect(await wholeLog(subject.store, key)).toHaveLength(2);
  },
};
