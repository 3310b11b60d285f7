import { openPagefold } from '../src/api/pagefold.ts';
import type { DecisionEnvironment } from '../src/domain/environment.ts';
import { DEFAULT_TENANT } from '../src/domain/ids.ts';
import { createRuntime } from '../src/runtime/runtime.ts';
import { systemClock } from '../src/runtime/system.ts';
import { createMemoryStore } from '../src/store/memory-store.ts';
import type { Store } from '../src/store/store.ts';
import type { Turn } from './lib/peers/conversation.ts';
import { someTurns } from './lib/peers/dialogue.ts';
import { messageCommand, preload, preloadEnvironment } from './lib/peers/preload.ts';
import { type Contender, measureRounds, sampleOf } from './lib/peers/rounds.ts';
import { compareRow, round } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

const LENGTHS = [100, 1000, 10_000, 100_000, 1_000_000] as const;

/** Events recorded in one sample; a multiple of the distance of two snapshots. */
const SAMPLE_EVENTS = 2048;
/** Events after which an actor leaves a snapshot. */
const SNAPSHOT_EVENTS = 128;
/** Short sessions are taken out of the race when they have grown by a third. */
const GROWTH = 0.32;

const TEN_GIB = 10 * 1024 ** 3;

type Tokens = 'exact' | 'estimate';
type Recorder = (turn: Turn) => Promise<unknown>;

/** How events get in. */
interface Entrance {
  /** A recorder of turns for a session of the store, loaded already. */
  enter(sessionId: string): Promise<Recorder>;
  close(): Promise<void>;
}

const ENTRANCES = [
  { title: 'SessionManager, estimated counts', tokens: 'estimate', open: openManagers },
  { title: 'SessionManager, exact counts', tokens: 'exact', open: openManagers },
  { title: 'Shard, estimated counts', tokens: 'estimate', open: openShard },
] as const;

/** Does recording an event cost the same however long the session is? */
export async function run(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const { title, tokens, open } of ENTRANCES) {
    const store = createMemoryStore({ clock: systemClock(), maxBytes: TEN_GIB });
    // One after the other: a million events take most of a heap.
    const entrance = await open(store, tokens);
    const pool = new SessionPool({ store, entrance, tokens });
    const costs = await measureRounds(LENGTHS.map((length) => contender(pool, length)));
    await entrance.close();
    await store.close();
    rows.push(
      ...toRows(
        title,
        LENGTHS.map((length) => costs.get(String(length)) ?? Number.NaN),
      ),
    );
  }
  return rows;
}

function contender(pool: SessionPool, length: number): Contender {
  const turns = Math.min(SAMPLE_EVENTS, Math.floor(length * GROWTH)) / 2;
  const sessions = SAMPLE_EVENTS / 2 / turns;
  const added = someTurns(turns, length);
  const prepare = async (): Promise<() => Promise<number>> => {
    const recorders = await pool.take(length, { sessions, growth: turns * 2 });
    return async () => {
      for (const record of recorders) {
        // In order: one caller, who waits for an answer before the next call.
        for (const turn of added) await record(turn);
      }
      return recorders.length * added.length * 2;
    };
  };
  return { name: String(length), sample: () => sampleOf(prepare) };
}

/** Sessions of given lengths: short ones are new each time, long ones hardly grow and are kept. */
class SessionPool {
  readonly #params: { readonly store: Store; readonly entrance: Entrance; readonly tokens: Tokens };
  readonly #turns: readonly Turn[] = someTurns(1000);
  readonly #env: DecisionEnvironment;
  readonly #kept = new Map<number, readonly Recorder[]>();
  #made = 0;

  constructor(params: {
    readonly store: Store;
    readonly entrance: Entrance;
    readonly tokens: Tokens;
  }) {
    this.#params = params;
    this.#env = preloadEnvironment(params.tokens);
  }

  async take(
    length: number,
    need: { readonly sessions: number; readonly growth: number },
  ): Promise<readonly Recorder[]> {
    const kept = this.#kept.get(length);
    if (kept !== undefined) return kept;
    const recorders: Recorder[] = [];
    for (let index = 0; index < need.sessions; index += 1) {
      // Sessions take turns in being due for a snapshot, as they would over a longer time.
      recorders.push(await this.#make(length, (index * need.growth) % SNAPSHOT_EVENTS));
    }
    if (length * GROWTH > SAMPLE_EVENTS) this.#kept.set(length, recorders);
    return recorders;
  }

  async #make(messages: number, snapshotLag: number): Promise<Recorder> {
    const { store, entrance } = this.#params;
    this.#made += 1;
    const key = { tenant: DEFAULT_TENANT, sessionId: `${messages}-${this.#made}` };
    await preload({ store, key, env: this.#env, turns: this.#turns, messages, snapshotLag });
    return entrance.enter(key.sessionId);
  }
}

async function openManagers(store: Store, tokens: Tokens): Promise<Entrance> {
  const pagefold = await openPagefold({ store, tokens });
  return {
    enter: async (sessionId) => {
      const session = pagefold.session(sessionId);
      await session.exists();
      return async ({ question, answer }) => {
        await session.userSays(question);
        await session.aiResponds(answer, { model: 'gpt-4o-mini', provider: 'openai' });
      };
    },
    close: () => pagefold.close(),
  };
}

async function openShard(store: Store, tokens: Tokens): Promise<Entrance> {
  const runtime = createRuntime({ store, tokens });
  const { executor } = runtime;
  return {
    enter: async (sessionId) => {
      const key = { tenant: DEFAULT_TENANT, sessionId };
      await executor.readState({ key, freshness: 'fresh' });
      return async ({ question, answer }) => {
        await executor.execute({ key, command: messageCommand('user', question) });
        await executor.execute({ key, command: messageCommand('llm', answer) });
      };
    },
    close: () => runtime.close({ timeoutMs: 1000 }),
  };
}

function toRows(title: string, costs: readonly number[]): readonly BenchRow[] {
  const shortest = costs[0] ?? Number.NaN;
  const rows = LENGTHS.map((length, index) =>
    compareRow(
      {
        metric: `record an event into ${length.toLocaleString('en')} events: ${title}`,
        unit: 'CPU µs',
        ours: costs[index] ?? Number.NaN,
        peer: 'ours into 100 events',
        theirs: shortest,
      },
      'lower',
    ),
  );
  const slope = slopeOf(
    LENGTHS.map((length) => Math.log10(length)),
    costs.map((cost) => Math.log10(cost)),
  );
  const flat = {
    metric: `slope of log cost over log length: ${title}`,
    unit: '',
    ours: slope,
    peer: 'flat',
    theirs: 0,
    // What an event into ten times as many costs less than that, as with the other rows.
    ratio: round(10 ** -slope, 3),
  };
  return [...rows, flat];
}

/** Slope of the line of least squares. */
function slopeOf(xs: readonly number[], ys: readonly number[]): number {
  const meanX = mean(xs);
  const meanY = mean(ys);
  const covariance = mean(xs.map((x, index) => (x - meanX) * ((ys[index] ?? meanY) - meanY)));
  return covariance / mean(xs.map((x) => (x - meanX) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
