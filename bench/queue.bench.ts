import { randomBytes } from 'node:crypto';
import { Queue as BullMqQueue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { startPrivateRedis } from '../scripts/lib/redis/private-redis.ts';
import {
  createRedisQueue,
  createRedisStore,
  openPagefold,
  type AppendParams,
  type Pagefold,
  type Store,
  type Summarize,
} from '../src/index.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const JOBS = 3000;
const ROUNDS = 3;
const CALLERS = 64;
const PATIENT_CALLERS = 4;
const CONCURRENCY = 64;
const SEGMENTS = 300;
const HANGING = 64;
const ALL = { count: JOBS };
const PATIENT = { count: SEGMENTS, isPatient: true };
const APPENDS = 2000;
const BULLMQ = 'BullMQ 6.7.0';
const WITHOUT = 'no summaries';
const OPTIONS = { infiniteContext: true, maxTurnsPerSegment: 2 };
const TEXT = 'What are the seven wonders of the ancient world, and where did each of them stand?';

/** Does `count` calls, a bounded number at once. */
async function inParallel(
  count: number,
  call: (index: number) => Promise<unknown>,
  callers: number = CALLERS,
): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await call(index);
  };
  await Promise.all(Array.from({ length: callers }, work));
}

function aNamespace(): string {
  return `bench-${randomBytes(6).toString('hex')}`;
}

/** Time from offering a job to its handler, in ms, and jobs a second of the whole. */
interface Flow {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

function toFlow(times: readonly number[], seconds: number): Flow {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] ?? 0;
  return { perSecond: times.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}

/** Offers jobs and waits until all are done: as fast as they are taken, or a few at a time, each until it is done. */
async function flow(
  { count, isPatient = false }: { readonly count: number; readonly isPatient?: boolean },
  offer: (index: number) => Promise<unknown>,
  listen: (done: (index: number) => void) => void,
): Promise<Flow> {
  const offeredMs: number[] = [];
  const times: number[] = [];
  const ends = new Map<number, () => void>();
  const all = Array.from(
    { length: count },
    (_, index) => new Promise<void>((resolve) => ends.set(index, resolve)),
  );
  listen((index) => {
    times.push(performance.now() - (offeredMs[index] ?? 0));
    ends.get(index)?.();
  });
  const begunMs = performance.now();
  const offerOne = async (index: number): Promise<void> => {
    offeredMs[index] = performance.now();
    await offer(index);
    if (isPatient) await all[index];
  };
  await inParallel(count, offerOne, isPatient ? PATIENT_CALLERS : CALLERS);
  await Promise.all(all);
  return toFlow(times, (performance.now() - begunMs) / 1000);
}

async function ourJobs(url: string): Promise<Flow> {
  const queue = createRedisQueue({ url, namespace: aNamespace() });
  try {
    return await flow(
      ALL,
      (index) =>
        queue.enqueue({
          id: `bench__${index}`,
          kind: 'k',
          tenant: `t${index % 10}`,
          payload: { index },
        }),
      (done) => {
        queue.consume({
          concurrency: CONCURRENCY,
          handle: async ({ payload }) => {
            done(Number(payload['index']));
            return { kind: 'done' };
          },
        });
      },
    );
  } finally {
    await queue.close();
  }
}

async function theirJobs(url: string, setting: typeof PATIENT | typeof ALL): Promise<Flow> {
  const options = { maxRetriesPerRequest: null, enableAutoPipelining: true };
  const clients = [
    new Redis(url, options),
    new Redis(url, { maxRetriesPerRequest: null }),
  ] as const;
  const name = aNamespace();
  const queue = new BullMqQueue(name, { connection: clients[0], skipVersionCheck: true });
  const worker = new Worker(name, async (job) => listener(job.data.index), {
    connection: clients[1],
    concurrency: CONCURRENCY,
    skipVersionCheck: true,
    autorun: false,
  });
  let listener: (index: number) => void = () => undefined;
  try {
    return await flow(
      setting,
      (index) =>
        // Priorities, as ours has them, and nothing kept.
        queue.add(
          'k',
          { index },
          {
            jobId: `bench__${index}`,
            priority: 1 + (index % 10),
            attempts: 5,
            removeOnComplete: true,
          },
        ),
      (done) => {
        listener = done;
        void worker.run();
      },
    );
  } finally {
    await worker.close();
    await queue.close();
    for (const client of clients) client.disconnect();
  }
}

/** Sessions of which one segment each closes at the next message. */
async function prepare(pagefold: Pagefold, count: number): Promise<void> {
  await inParallel(count, async (index) => {
    const session = pagefold.session(`s${index}`, OPTIONS);
    await session.userSays(TEXT);
    await session.aiResponds(TEXT, { model: 'm' });
  });
}

/** A store that tells of every summary that it has recorded. */
function telling(store: Store, applied: (sessionId: string) => void): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'append') return member.bind(target);
      return async (params: AppendParams) => {
        const result = await target.append(params);
        if (params.records.some((record) => record.includes('"summary-applied"')))
          applied(params.key.sessionId);
        return result;
      };
    },
  });
}

async function withPagefold<T>(
  setting: {
    readonly url: string;
    readonly summarize: Summarize | null;
    readonly applied?: (sessionId: string) => void;
  },
  use: (pagefold: Pagefold) => Promise<T>,
): Promise<T> {
  const { url, summarize, applied = () => undefined } = setting;
  const namespace = aNamespace();
  const store = createRedisStore({ url, namespace });
  const queue = { url, namespace, concurrency: CONCURRENCY };
  const pagefold = await openPagefold({
    store: telling(store, applied),
    tokens: 'estimate',
    ...(summarize === null ? {} : { summarize, queue }),
  });
  try {
    return await use(pagefold);
  } finally {
    await pagefold.close({ timeoutMs: 1000 });
    await store.close();
  }
}

/** From the call that closes a segment, commit included, to its summary in the log. */
async function ourSummaries(url: string): Promise<Flow> {
  let done: (index: number) => void = () => undefined;
  const applied = (sessionId: string): void => done(Number(sessionId.slice(1)));
  return withPagefold({ url, summarize: () => 'Wonders.', applied }, async (pagefold) => {
    await prepare(pagefold, SEGMENTS);
    return flow(
      PATIENT,
      (index) => pagefold.session(`s${index}`, OPTIONS).userSays('And today?'),
      (tell) => {
        done = tell;
      },
    );
  });
}

/** Milliseconds of appends, one after the other, while summaries hang or there are none. */
async function appends(url: string, summarize: Summarize | null): Promise<Flow> {
  return withPagefold({ url, summarize }, async (pagefold) => {
    await prepare(pagefold, HANGING);
    await inParallel(HANGING, (index) =>
      pagefold.session(`s${index}`, OPTIONS).userSays('And today?'),
    );
    const session = pagefold.session('measured');
    const times: number[] = [];
    const startMs = performance.now();
    for (let count = 0; count < APPENDS; count += 1) {
      const begunMs = performance.now();
      // In order: one caller waits for each.
      await session.userSays(TEXT);
      times.push(performance.now() - begunMs);
    }
    return toFlow(times, (performance.now() - startMs) / 1000);
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[values.length >> 1] ?? 0;
}

/** Rounds of several measurements, each in its turn, so that what disturbs one disturbs all; the first one warms up. */
async function rounds<Name extends string>(
  measured: Readonly<Record<Name, () => Promise<Flow>>>,
): Promise<Readonly<Record<Name, Flow>>> {
  const names = Object.keys(measured) as Name[]; // keys of the record given
  const flows = new Map<Name, Flow[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of names) {
      // One after the other: they share a server.
      const one = await measured[name]();
      if (round > 0) flows.get(name)?.push(one);
    }
  }
  const middle = (name: Name, figure: keyof Flow): number =>
    median((flows.get(name) ?? []).map((one) => one[figure]));
  const entries = names.map((name) => [
    name,
    {
      perSecond: middle(name, 'perSecond'),
      p50Ms: middle(name, 'p50Ms'),
      p99Ms: middle(name, 'p99Ms'),
    },
  ]);
  return Object.fromEntries(entries) as Record<Name, Flow>; // the same keys again
}

function rowsOf(
  what: string,
  ours: Flow,
  peer: { readonly name: string; readonly flow: Flow },
): readonly BenchRow[] {
  const row = (metric: string, unit: string, figure: keyof Flow): BenchRow =>
    compareRow(
      {
        metric: `${what}, ${metric}`,
        unit,
        ours: ours[figure],
        peer: peer.name,
        theirs: peer.flow[figure],
      },
      figure === 'perSecond' ? 'higher' : 'lower',
    );
  return [
    row('a second', '1/s', 'perSecond'),
    row('p50', 'ms', 'p50Ms'),
    row('p99', 'ms', 'p99Ms'),
  ];
}

/** What do fairness, retries and once-only effects cost over a bare queue, and do appends notice summaries that hang? */
export async function run(): Promise<readonly BenchRow[]> {
  const server = await startPrivateRedis();
  const { url } = server;
  const hang: Summarize = (_messages, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  try {
    const flows = await rounds({
      ours: () => ourJobs(url),
      theirs: () => theirJobs(url, ALL),
      summaries: () => ourSummaries(url),
      fewTheirs: () => theirJobs(url, PATIENT),
      hanging: () => appends(url, hang),
      alone: () => appends(url, null),
    });
    return [
      ...rowsOf('no-op jobs', flows.ours, { name: BULLMQ, flow: flows.theirs }),
      ...rowsOf('closing call to applied summary', flows.summaries, {
        name: `${BULLMQ}, no-op job`,
        flow: flows.fewTheirs,
      }),
      ...rowsOf(`appends during ${HANGING} summaries`, flows.hanging, {
        name: WITHOUT,
        flow: flows.alone,
      }),
    ];
  } finally {
    await server.close();
  }
}
