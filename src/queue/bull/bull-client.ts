import type { Clock } from '../../domain/clock.ts';
import { GatheredWrites } from '../../store/redis/gathered-writes.ts';
import type { RedisAddress } from '../../store/redis/redis-address.ts';
import {
  type ClientOptions,
  connectorTo,
  loginOptions,
  type RedisClient,
  type RedisTls,
} from '../../store/redis/redis-client.ts';
import type { ScriptCall } from '../../store/redis/redis-port.ts';

/** Where the server of a queue is. */
export interface BullServer {
  readonly address: RedisAddress;
  readonly tls: RedisTls | null;
}

const CONNECTION_NAME = 'pagefold-queue';

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;
/** How long a server may take to see a connection off. */
const GOODBYE_MS = 2000;

/** A connection of a queue's own: its commands wait for minutes where those of a store may not, and block. */
export async function createBullClient(server: BullServer): Promise<RedisClient> {
  const options: ClientOptions = {
    ...loginOptions(server),
    connectionName: CONNECTION_NAME,
    // It prints to the console where INFO is not allowed.
    enableReadyCheck: false,
    // Waiting for jobs has no end; what somebody waits for is limited by whoever waits.
    maxRetriesPerRequest: null,
    retryStrategy: (attempt: number) =>
      Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS),
  };
  const client = await connectorTo(server.address, options);
  // A client without a listener prints what it meets. BullMQ has one too, and tells of it.
  client.on('error', () => undefined);
  gatherWrites(client);
  return client;
}

/** BullMQ asks for the next job in the turn in which one begins, which is noted then too. */
function gatherWrites(client: RedisClient): void {
  const writes = new GatheredWrites(client);
  // A cluster has a socket for each node, and is left alone.
  if (!('stream' in client)) return;
  const send = client.sendCommand.bind(client);
  client.sendCommand = (command, stream) => {
    writes.hold();
    return send(command, stream);
  };
}

/** Ends a connection: politely while its server answers, which one that fell silent never does. */
export async function closeBullClient(client: RedisClient, clock: Clock): Promise<void> {
  if (client.status === 'ready') await settlesWithin(client.quit(), clock, GOODBYE_MS);
  client.disconnect();
}

/**
 * Whether a server answers at all, or comes back and does; a connection stays up while its server is frozen, or gone without a word. Of a
 * connection that broke it is waited for the next one, as for an answer.
 */
export async function isAnswering(
  client: RedisClient,
  { clock, limitMs }: { readonly clock: Clock; readonly limitMs: number },
): Promise<boolean> {
  const isReady = client.status === 'ready' || (await settlesWithin(ready(client), clock, limitMs));
  return isReady && settlesWithin(client.ping(), clock, limitMs);
}

function ready(client: RedisClient): Promise<void> {
  return new Promise((resolve) => {
    client.once('ready', () => resolve());
  });
}

/** Whether an answer came in time. One that is an error is one, too: a connection that breaks shows by its status. */
function settlesWithin(answer: Promise<unknown>, clock: Clock, limitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(limitMs, () => resolve(false));
    const settle = (): void => {
      timer.cancel();
      resolve(true);
    };
    answer.then(settle, settle);
  });
}

/** Runs a script by its hash, and by its text on a server that has not seen it. */
export async function runScript(
  client: RedisClient,
  { script, keys, args }: ScriptCall,
): Promise<unknown> {
  try {
    return await client.evalsha(script.sha1, keys.length, ...keys, ...args);
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
    return client.eval(script.text, keys.length, ...keys, ...args);
  }
}
