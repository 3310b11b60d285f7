import { randomBytes } from 'node:crypto';
import { startPrivateRedis } from '../scripts/lib/redis/private-redis.ts';
import {
  createRedisQueue,
  createRedisStore,
  openPagefold,
  type AppendParams,
  type Pagefold,
  type SessionManager,
  type Store,
  type Summarize,
} from '../src/index.ts';
import { appendingJobs, noOpJobs } from './lib/queue/bullmq-peer.ts';
import { flow, type Flow, inParallel, inTurns, type Load, rounds } from './lib/queue/flow.ts';
import { compareRow } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

/** What a service runs is optimised long ago: the first 400 summaries take two to three times the processor time of those after 2,000. */
const ROUNDS = { warmUp: 5, measured: 5 } as const;
const CALLERS = 64;
const CONCURRENCY = 64;
const HANGING = 64;
const JOBS: Load = { count: 3000, callers: CALLERS, isPatient: false };
const FEW: Load = { count: 400, callers: 4, isPatient: true };
const MANY: Load = { count: 600, callers: CALLERS, isPatient: false };
const APPENDS = 1000;
const APPEND_ROUNDS = 10;
const BULLMQ = 'BullMQ 6.7.0';
const NO_OP = `${BULLMQ}, no-op job`;
const APPENDING = `${BULLMQ}, job that reads and appends`;
const WITHOUT = 'no summaries';
const OPTIONS = { infiniteContext: true, maxTurnsPerSegment: 2 };
const TEXT = 'What are the seven wonders of the ancient world, and where did each of them stand?';

function aNamespace(): string {
  return `bench-${randomBytes(6).toString('hex')}`;
}

async function ourJobs(url: string): Promise<Flow> {
  const queue = createRedisQueue({ url, namespace: aNamespace() });
  try {
    return await flow(
      JOBS,
      (index) =>
        queue.enqueue({
          id: `bench__${index}`,
          kind: 'k',
          tenant: `t${index % 10}`,
          payload: { index },
        }),
      ({ done }) => {
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

/** Sessions of which one segment each closes at the next message. */
async function prepare(pagefold: Pagefold, count: number): Promise<readonly SessionManager[]> {
  const sessions = Array.from({ length: count }, (_, index) =>
    pagefold.session(`s${index}`, OPTIONS),
  );
  await inParallel({ count, callers: CALLERS }, async (index) => {
    const session = sessions[index];
    await session?.userSays(TEXT);
    await session?.aiResponds(TEXT, { model: 'm' });
  });
  return sessions;
}

/** Is told of sessions: that a closing was recorded, and a summary. */
interface Listener {
  closed(sessionId: string): void;
  applied(sessionId: string): void;
}

/** A store that tells of what it has recorded. */
function telling(store: Store, listener: Listener): Store {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'append') return member.bind(target);
      return async (params: AppendParams) => {
        const result = await target.append(params);
        const has = (type: string): boolean =>
          params.records.some((record) => record.includes(`"${type}"`));
        if (has('segment-closed')) listener.closed(params.key.sessionId);
        if (has('summary-applied')) listener.applied(params.key.sessionId);
        return result;
      };
    },
  });
}

async function withPagefold<T>(
  setting: {
    readonly url: string;
    readonly summarize: Summarize | null;
    readonly listener?: Listener;
  },
  use: (pagefold: Pagefold) => Promise<T>,
): Promise<T> {
  const { url, summarize, listener } = setting;
  const namespace = aNamespace();
  const store = createRedisStore({ url, namespace });
  const queue = { url, namespace, concurrency: CONCURRENCY };
  const pagefold = await openPagefold({
    store: listener === undefined ? store : telling(store, listener),
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

/** From the commit that closes a segment to the one that holds its summary. */
async function ourSummaries(url: string, load: Load): Promise<Flow> {
  let closed: (index: number) => void = () => undefined;
  let applied = closed;
  const indexOf = (sessionId: string): number => Number(sessionId.slice(1));
  const listener: Listener = {
    closed: (sessionId) => closed(indexOf(sessionId)),
    applied: (sessionId) => applied(indexOf(sessionId)),
  };
  return withPagefold({ url, summarize: () => 'Wonders.', listener }, async (pagefold) => {
    const sessions = await prepare(pagefold, load.count);
    return flow(
      load,
      async (index) => sessions[index]?.userSays('And today?'),
      ({ begun, done }) => {
        closed = begun;
        applied = done;
      },
    );
  });
}

/** A summariser that never answers, and when so many of its summaries are under way. */
function hanging(count: number): { readonly summarize: Summarize; readonly begun: Promise<void> } {
  let waiting = count;
  let allBegun: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    allBegun = resolve;
  });
  const summarize: Summarize = (_messages, { signal }) => {
    waiting -= 1;
    if (waiting === 0) allBegun();
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
    });
  };
  return { summarize, begun };
}

/** Milliseconds of appends, one after the other, while summaries hang or there are none. */
async function appends(
  url: string,
  background: ReturnType<typeof hanging> | null,
): Promise<readonly number[]> {
  const summarize = background?.summarize ?? null;
  return withPagefold({ url, summarize }, async (pagefold) => {
    const sessions = await prepare(pagefold, HANGING);
    await Promise.all(sessions.map((session) => session.userSays('And today?')));
    await background?.begun;
    const session = pagefold.session('measured');
    const times: number[] = [];
    for (let count = 0; count < APPENDS; count += 1) {
      const begunMs = performance.now();
      // In order: one caller waits for each.
      await session.userSays(TEXT);
      times.push(performance.now() - begunMs);
    }
    return times;
  });
}

type Figure = keyof Flow;

function rowOf(
  what: string,
  figure: Figure,
  flows: { readonly ours: Flow; readonly peer: string; readonly theirs: Flow },
): BenchRow {
  const [metric, unit] = (
    { perSecond: ['a second', '1/s'], p50Ms: ['p50', 'ms'], p99Ms: ['p99', 'ms'] } as const
  )[figure];
  const { ours, peer, theirs } = flows;
  return compareRow(
    { metric: `${what}, ${metric}`, unit, ours: ours[figure], peer, theirs: theirs[figure] },
    figure === 'perSecond' ? 'higher' : 'lower',
  );
}

const ALL: readonly Figure[] = ['perSecond', 'p50Ms', 'p99Ms'];
const TIMES: readonly Figure[] = ['p50Ms', 'p99Ms'];

/** What do fairness, retries and once-only effects cost over a bare queue, and do appends notice summaries that hang? */
export async function run(): Promise<readonly BenchRow[]> {
  const server = await startPrivateRedis();
  const { url } = server;
  try {
    const flows = await rounds(ROUNDS, {
      ours: () => ourJobs(url),
      theirs: () => noOpJobs(url, JOBS),
      few: () => ourSummaries(url, FEW),
      fewAppending: () => appendingJobs(url, FEW),
      fewNoOp: () => noOpJobs(url, FEW),
      many: () => ourSummaries(url, MANY),
      manyAppending: () => appendingJobs(url, MANY),
      manyNoOp: () => noOpJobs(url, MANY),
    });
    const { ours, theirs, few, many } = flows;
    const [during, alone] = await inTurns(
      APPEND_ROUNDS,
      () => appends(url, hanging(HANGING)),
      () => appends(url, null),
    );
    const rows = (
      what: string,
      figures: readonly Figure[],
      compared: Parameters<typeof rowOf>[2],
    ): readonly BenchRow[] => figures.map((figure) => rowOf(what, figure, compared));
    const committed = 'commit to applied summary';
    const crowded = `${committed}, ${CALLERS} callers`;
    return [
      ...rows('no-op jobs', ALL, { ours, peer: BULLMQ, theirs }),
      ...rows(committed, TIMES, { ours: few, peer: APPENDING, theirs: flows.fewAppending }),
      ...rows(committed, TIMES, { ours: few, peer: NO_OP, theirs: flows.fewNoOp }),
      ...rows(crowded, ALL, { ours: many, peer: APPENDING, theirs: flows.manyAppending }),
      ...rows(crowded, ['perSecond'], { ours: many, peer: NO_OP, theirs: flows.manyNoOp }),
      ...rows(`appends during ${HANGING} summaries`, ALL, {
        ours: during,
        peer: WITHOUT,
        theirs: alone,
      }),
    ];
  } finally {
    await server.close();
  }
}
