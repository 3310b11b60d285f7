import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../scripts/lib/redis/private-redis.ts';
import { openPagefold } from '../src/api/pagefold.ts';
import { createRedisStore } from '../src/runtime/redis-store.ts';
import { loadPeer } from './lib/peer.ts';
import type { Turn } from './lib/peers/conversation.ts';
import {
  type LangChainMessage,
  type LangChainMessages,
  toMessages,
} from './lib/peers/langchain.ts';
import { onDurableRedis } from './lib/redis-bench.ts';
import { type Cost, costOf, medianOf } from './lib/redis-cost.ts';
import { compareRow, round } from './lib/row.ts';
import type { BenchRow } from './lib/row.ts';

/** Compares with other packages. */
export const needsPeers: boolean = true;

/** Callers at once, the turns that each of their sessions has already, and the sessions that each writes one after the other. */
const SETTINGS = [
  { callers: 1, length: 5, sessions: 16 },
  { callers: 64, length: 5, sessions: 1 },
  { callers: 1, length: 1000, sessions: 1 },
] as const;

type Setting = (typeof SETTINGS)[number];

/** Turns that each session grows by in a sample, so that a short one stays short. */
const GROWTH = 16;
const ROUNDS = 5;
const TURN: Turn = {
  question: 'Where is my order, and when will it be here? '.repeat(5),
  answer: 'It left our warehouse this morning and arrives tomorrow before noon. '.repeat(4),
};

/** A way to keep conversations in Redis. */
interface Keeper {
  readonly name: string;
  /** Records one turn of a conversation after the other. */
  record(id: string, turn: Turn): Promise<void>;
  close(): Promise<void>;
}

/** What does a turn of a conversation cost that is kept in Redis, compared with other libraries and with writing it by hand? */
export function run(): Promise<readonly BenchRow[]> {
  return onDurableRedis(async ({ server, watch }) => {
    const ours = await openOurs(server);
    const peers = [await openLangChain(server), openDocument(server), openList(server)];
    try {
      const rows: BenchRow[] = [];
      for (const setting of SETTINGS) {
        // One after the other: they share a server.
        rows.push(...(await compare(setting, watch, [ours, ...peers])));
      }
      return rows;
    } finally {
      await Promise.all([ours, ...peers].map((keeper) => keeper.close()));
    }
  });
}

async function compare(
  setting: Setting,
  watch: Redis,
  keepers: readonly Keeper[],
): Promise<readonly BenchRow[]> {
  const costs = new Map<Keeper, Cost[]>(keepers.map((keeper) => [keeper, []]));
  const turns = setting.callers * setting.sessions * GROWTH;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const keeper of keepers) {
      // Interleaved, so that what disturbs one disturbs the others.
      const callers = Array.from({ length: setting.callers }, () => someIds(setting.sessions));
      const recordEach = (count: number): Promise<unknown> =>
        Promise.all(callers.map((ids) => recordTurns(keeper, ids, count)));
      await recordEach(setting.length);
      costs.get(keeper)?.push(await costOf(watch, turns, () => recordEach(GROWTH)));
    }
  }
  return toRows(setting, costs);
}

function someIds(count: number): readonly string[] {
  return Array.from({ length: count }, () => randomBytes(9).toString('hex'));
}

/** Records so many turns in each session; in order, since a turn follows the one before. */
async function recordTurns(keeper: Keeper, ids: readonly string[], count: number): Promise<void> {
  for (const id of ids) {
    for (let turn = 0; turn < count; turn += 1) await keeper.record(id, TURN);
  }
}

function toRows(
  { callers, length }: Setting,
  costs: ReadonlyMap<Keeper, readonly Cost[]>,
): readonly BenchRow[] {
  const [[, ours = []] = [], ...peers] = costs;
  const metrics = [
    ['serverUs', 'CPU of the server a turn', 'µs', 'lower'],
    ['clientUs', 'CPU of the process a turn', 'µs', 'lower'],
    ['perSecond', 'turns a second', '/s', 'higher'],
  ] as const;
  const where = `${callers} callers, sessions of ${length} turns`;
  return metrics.flatMap(([field, name, unit, better]) =>
    peers.map(([peer, theirs]) =>
      compareRow(
        {
          metric: `${name}, ${where}`,
          unit,
          ours: round(medianOf(ours, field), 3),
          peer: peer.name,
          theirs: round(medianOf(theirs, field), 3),
        },
        better,
      ),
    ),
  );
}

async function openOurs(server: PrivateRedis): Promise<Keeper> {
  const store = createRedisStore({ url: server.url });
  const pagefold = await openPagefold({ store, tokens: 'exact' });
  return {
    name: 'pagefold',
    record: async (id, { question, answer }) => {
      const session = pagefold.session(id);
      await session.userSays(question);
      await session.aiResponds(answer, { model: 'gpt-4o-mini', provider: 'openai' });
    },
    close: async () => {
      await pagefold.close();
      await store.close();
    },
  };
}

interface RedisHistories {
  readonly RedisChatMessageHistory: new (options: {
    readonly sessionId: string;
    readonly client: object;
  }) => { addMessages(messages: readonly LangChainMessage[]): Promise<void> };
}

interface NodeRedis {
  createClient(options: { readonly url: string }): {
    connect(): Promise<unknown>;
    disconnect(): Promise<void>;
  };
}

/** LangChain's history in Redis, over one connection of its client for all conversations; a turn is one call. */
async function openLangChain({ url }: PrivateRedis): Promise<Keeper> {
  const { RedisChatMessageHistory } = await loadPeer<RedisHistories>('@langchain/redis');
  const messages = await loadPeer<LangChainMessages>('@langchain/core/messages');
  const client = (await loadPeer<NodeRedis>('redis')).createClient({ url });
  await client.connect();
  return {
    name: 'LangChain RedisChatMessageHistory',
    record: (id, turn) =>
      new RedisChatMessageHistory({ sessionId: `langchain:${id}`, client }).addMessages(
        toMessages(messages, turn),
      ),
    close: () => client.disconnect(),
  };
}

/** The conversation as one document that is read and written whole; two writers would lose turns. */
function openDocument({ url }: PrivateRedis): Keeper {
  const redis = new Redis(url, { enableAutoPipelining: true });
  return {
    name: 'GET and SET of one document',
    record: async (id, turn) => {
      const key = `document:${id}`;
      const turns: unknown[] = JSON.parse((await redis.get(key)) ?? '[]');
      await redis.set(key, JSON.stringify([...turns, turn]));
    },
    close: async () => redis.disconnect(),
  };
}

/** Both messages at the end of a list. */
function openList({ url }: PrivateRedis): Keeper {
  const redis = new Redis(url, { enableAutoPipelining: true });
  return {
    name: 'RPUSH, ioredis, pipelined',
    record: async (id, { question, answer }) => {
      await redis.rpush(
        `list:${id}`,
        JSON.stringify({ role: 'user', content: question }),
        JSON.stringify({ role: 'assistant', content: answer }),
      );
    },
    close: async () => redis.disconnect(),
  };
}
