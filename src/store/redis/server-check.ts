import { StorageError } from '../../domain/errors.ts';
import { VIRTUAL_SHARDS } from '../keys.ts';
import type { Durability } from '../store.ts';
import type { RedisClient } from './redis-client.ts';
import { reasonOf } from './redis-error.ts';

/** Something about the server that an operator should change or know; texts hold no address and no secret. */
export interface ServerConcern {
  readonly code: 'eviction-policy' | 'durability' | 'config-unreadable';
  readonly message: string;
}

/** What a server is compared with. */
export interface ServerCheckSettings {
  readonly namespace: string;
  readonly durability: Durability;
  /** What happens when the server may evict keys on its own. */
  readonly evictionPolicy: 'warn' | 'error';
  readonly onConcern: (concern: ServerConcern) => void;
}

type Version = readonly [major: number, minor: number];

/** Version of the layout of keys and of the scripts' data, and the number of buckets. */
const LAYOUT = `2 ${VIRTUAL_SHARDS}`;

/** The first version with all commands that the scripts use. */
const OLDEST_VERSION: Version = [6, 2];
/** The first that tells whether writes are in its files (`WAITAOF`). */
const OLDEST_FLUSHED: Version = [7, 2];

/**
 * Compares a server with what the store needs of it.
 * @throws STORAGE_ERROR when it is too old, when its data has another layout, when it evicts keys and that is to be an error, or when
 * writes are to be in its files and it has none or flushes them later; what the client throws.
 */
export async function checkServer(
  client: RedisClient,
  settings: ServerCheckSettings,
): Promise<void> {
  await checkVersion(client, settings);
  await checkLayout(client, settings);
  // They may not be readable, as on servers that somebody else runs.
  const policy = await readSetting(client, settings, 'maxmemory-policy');
  if (policy !== null && policy !== 'noeviction') reportEviction(settings, policy);
  const isLogged = await readSetting(client, settings, 'appendonly');
  const fsync = await readSetting(client, settings, 'appendfsync');
  if (settings.durability === 'flushed') {
    if (isLogged === 'no') refuseFiles('Redis writes no files (appendonly no)');
    // Servers that flush later may say that they have when they have not: Valkey 8.0.1 does, as redis/redis#13793 tells of Redis.
    if (fsync !== null && fsync !== 'always')
      refuseFiles(`Redis flushes later (appendfsync ${fsync})`);
  }
  if (isLogged !== null && fsync !== null) compareDurability(settings, isLogged === 'yes', fsync);
}

function refuseFiles(why: string): never {
  throw new StorageError({
    operation: 'open',
    backend: 'redis',
    message: `${why}, so that it cannot answer for a write; 'flushed' needs appendonly yes and appendfsync always`,
  });
}

async function checkVersion(
  client: RedisClient,
  { durability }: ServerCheckSettings,
): Promise<void> {
  try {
    const info = String(await client.call('INFO', 'server'));
    assertVersion(info, durability === 'flushed' ? OLDEST_FLUSHED : OLDEST_VERSION);
  } catch (error) {
    // Who may not ask finds out when a script is refused.
    if (StorageError.isInstance(error) || !isNotAllowed(error)) throw error;
  }
}

/**
 * Checks what a server says of itself; Valkey names the version of Redis that it stands for.
 * @throws STORAGE_ERROR when it is older than all of its commands that are needed.
 */
export function assertVersion(info: string, oldest: Version = OLDEST_VERSION): void {
  const [, text = '', major = '', minor = ''] =
    /^redis_version:((\d+)\.(\d+)\S*)/m.exec(info) ?? [];
  const [oldestMajor, oldestMinor] = oldest;
  const isNewEnough =
    Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  // Of one that does not say, the scripts find out.
  if (text === '' || isNewEnough) return;
  throw new StorageError({
    operation: 'open',
    backend: 'redis',
    message: `Redis ${oldest.join('.')} or newer is needed, and this is ${text}`,
  });
}

function isNotAllowed(error: unknown): boolean {
  return /NOPERM|unknown command|unknown subcommand/i.test(reasonOf(error));
}

async function checkLayout(client: RedisClient, { namespace }: ServerCheckSettings): Promise<void> {
  const key = `${namespace}:layout`;
  await client.setnx(key, LAYOUT);
  const present = await client.get(key);
  if (present === LAYOUT) return;
  throw new StorageError({
    code: 'SCHEMA_TOO_NEW',
    operation: 'open',
    backend: 'redis',
    message: `The data under '${namespace}' has layout '${present ?? ''}'; this version reads '${LAYOUT}'`,
  });
}

async function readSetting(
  client: RedisClient,
  settings: ServerCheckSettings,
  name: string,
): Promise<string | null> {
  try {
    const answer: unknown = await client.call('CONFIG', 'GET', name);
    const value: unknown = Array.isArray(answer) ? answer[1] : null;
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (!isNotAllowed(error)) throw error;
    settings.onConcern({
      code: 'config-unreadable',
      message: `Redis does not say what '${name}' is; nothing was checked`,
    });
    return null;
  }
}

function reportEviction(settings: ServerCheckSettings, policy: string): void {
  const message = `Redis may evict keys (maxmemory-policy ${policy}); sessions need noeviction`;
  if (settings.evictionPolicy === 'error') {
    throw new StorageError({ operation: 'open', backend: 'redis', message });
  }
  settings.onConcern({ code: 'eviction-policy', message });
}

function compareDurability(
  { durability, onConcern }: ServerCheckSettings,
  isLogged: boolean,
  fsync: string,
): void {
  const isEnough =
    durability === 'memory' ||
    durability === 'replicated' ||
    durability === 'flushed' ||
    (isLogged && (fsync === 'always' || fsync === durability));
  if (isEnough) return;
  const found = isLogged ? `appendfsync ${fsync}` : 'appendonly no';
  onConcern({
    code: 'durability',
    message: `Redis does not keep writes as '${durability}' says: it is set to ${found}`,
  });
}
