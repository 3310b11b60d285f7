import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { RedisAddress } from './redis-address.ts';

/** Certificates and checks of an encrypted connection. */
export interface RedisTls {
  /** Certificate authorities in PEM, instead of those of Node. */
  readonly ca?: string | undefined;
  /** The client's own certificate and key in PEM. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  /** The name to find in the server's certificate, when it is not the host. */
  readonly servername?: string | undefined;
  /** False accepts any certificate, which only tests should. */
  readonly rejectUnauthorized?: boolean | undefined;
}

/** What a client is built with. */
export interface RedisClientSettings {
  readonly address: RedisAddress;
  readonly tls: RedisTls | null;
  readonly commandTimeoutMs: number;
}

/** Options of a server and of the nodes of a cluster alike. */
export type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** One server, whichever way it was found, or a cluster. */
export type RedisClient = Redis | Cluster;

const CONNECTION_NAME = 'pagefold';

/** Pauses between attempts to connect again: 50 ms, twice as long each time. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1000;

/** Attempts to connect after which what was sent is given up; its outcome is unknown then. */
const MAX_RETRIES = 3;

/** Pause before a call is sent again that concerns a slot on its way to another node. */
const MOVING_SLOT_PAUSE_MS = 100;
/** Redirections with each such pause: to the node that receives the slot, and back. */
const REDIRECTIONS_A_PAUSE = 2;
const MIN_REDIRECTIONS = 16;

/**
 * A client that has not connected yet. It sends again what was under way when a connection broke, so every script knows
 * repeated calls; and it keeps no queue of its own for the time without a connection, which has no bound.
 */
export async function createRedisClient(settings: RedisClientSettings): Promise<RedisClient> {
  return connectorTo(settings.address, optionsOf(settings));
}

/**
 * A client for an address with these options, which has connected only when they say so. Where it is a cluster, they are
 * those of its nodes.
 */
export async function connectorTo(
  address: RedisAddress,
  options: ClientOptions,
): Promise<RedisClient> {
  const ioredis = await import('ioredis');
  if (address.kind === 'cluster') {
    return new ioredis.Cluster([...address.hosts], clusterOptions(options));
  }
  const [server] = address.hosts;
  if (address.kind === 'socket') {
    return new ioredis.Redis({ ...options, path: address.socketPath ?? '' });
  }
  if (address.kind === 'sentinel') {
    return new ioredis.Redis({
      ...options,
      sentinels: [...address.hosts],
      name: address.masterName ?? '',
      ...(options.tls === undefined ? {} : { enableTLSForSentinelMode: true }),
    });
  }
  return new ioredis.Redis({ ...options, ...server });
}

/** What a connection needs to be let in. */
export function loginOptions({
  address,
  tls,
}: Pick<RedisClientSettings, 'address' | 'tls'>): ClientOptions {
  return {
    db: address.database,
    ...(address.username === null ? {} : { username: address.username }),
    ...(address.password === null ? {} : { password: address.password }),
    ...(address.isEncrypted || tls !== null ? { tls: { ...tls } } : {}),
  };
}

function optionsOf(settings: RedisClientSettings): ClientOptions {
  const { commandTimeoutMs } = settings;
  return {
    lazyConnect: true,
    connectionName: CONNECTION_NAME,
    commandTimeout: commandTimeoutMs,
    connectTimeout: commandTimeoutMs,
    autoResendUnfulfilledCommands: true,
    enableOfflineQueue: false,
    // It prints to the console where INFO is not allowed; a server that is still loading says so in its answers.
    enableReadyCheck: false,
    maxRetriesPerRequest: MAX_RETRIES,
    retryStrategy: pauseBefore,
    reconnectOnError: isFromReplica,
    ...loginOptions(settings),
  };
}

function clusterOptions(options: ClientOptions) {
  const { lazyConnect, enableOfflineQueue, retryStrategy, ...redisOptions } = options;
  // Half as long as for an answer, so that a slot that takes longer is told of before the client gives up and the call arrives late.
  const pauses = (redisOptions.commandTimeout ?? 0) / 2 / MOVING_SLOT_PAUSE_MS;
  return {
    redisOptions,
    retryDelayOnTryAgain: MOVING_SLOT_PAUSE_MS,
    maxRedirections: Math.max(MIN_REDIRECTIONS, Math.floor(REDIRECTIONS_A_PAUSE * pauses)),
    ...(lazyConnect === undefined ? {} : { lazyConnect }),
    ...(enableOfflineQueue === undefined ? {} : { enableOfflineQueue }),
    ...(typeof retryStrategy === 'function' ? { clusterRetryStrategy: retryStrategy } : {}),
  };
}

function pauseBefore(attempt: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
}

/**
 * After a failover a connection may lead to a server that is a replica by now, so it is made anew. The command is not sent again: without a
 * queue of its own the client could only say that it is not connected, where the server said why.
 */
function isFromReplica(error: Error): boolean {
  return error.message.startsWith('READONLY');
}
