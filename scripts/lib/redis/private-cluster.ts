import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { type PrivateRedis, startPrivateRedis } from './private-redis.ts';

/** A cluster of masters on this machine that belongs to one run. */
export interface PrivateCluster {
  readonly url: string;
  readonly nodes: readonly PrivateRedis[];
  close(): Promise<void>;
}

const NODES = 3;
const SLOTS = 16_384;
const READY_TIMEOUT_MS = 20_000;
const POLL_MS = 50;

const SETTINGS = {
  'cluster-enabled': 'yes',
  'cluster-config-file': 'nodes.conf',
  'cluster-node-timeout': '2000',
};

/**
 * Starts three nodes, gives each a third of the slots, and waits until all of them agree.
 * @throws Error when they do not.
 */
export async function startPrivateCluster(): Promise<PrivateCluster> {
  const nodes = await Promise.all(
    Array.from({ length: NODES }, () => startPrivateRedis({ settings: SETTINGS })),
  );
  const close = async (): Promise<void> => {
    await Promise.all(nodes.map((node) => node.close()));
  };
  try {
    await join(nodes);
  } catch (error) {
    await close();
    throw error;
  }
  const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`);
  return { url: `redis+cluster://${hosts.join(',')}`, nodes, close };
}

async function join(nodes: readonly PrivateRedis[]): Promise<void> {
  const clients = nodes.map(({ url }) => new Redis(url));
  try {
    for (const [index, client] of clients.entries()) {
      const first = Math.floor((index * SLOTS) / NODES);
      const last = Math.floor(((index + 1) * SLOTS) / NODES) - 1;
      // In order: there is no hurry, and the log of a failure reads by node.
      await client.call('CLUSTER', 'ADDSLOTSRANGE', String(first), String(last));
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1));
    }
    const [meeting] = clients;
    for (const { port } of nodes.slice(1)) {
      await meeting?.call('CLUSTER', 'MEET', '127.0.0.1', String(port));
    }
    await Promise.all(clients.map(whenWhole));
  } finally {
    for (const client of clients) client.disconnect();
  }
}

async function whenWhole(client: Redis): Promise<void> {
  const deadlineMs = Date.now() + READY_TIMEOUT_MS;
  for (;;) {
    const info = String(await client.call('CLUSTER', 'INFO'));
    if (info.includes('cluster_state:ok') && info.includes(`cluster_known_nodes:${NODES}`)) return;
    if (Date.now() > deadlineMs) throw new Error(`the cluster did not come together:\n${info}`);
    await pause(POLL_MS);
  }
}
