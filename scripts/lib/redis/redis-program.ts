import { existsSync } from 'node:fs';
import path from 'node:path';
import { type RedisProgram, unpackDebianRedis } from './debian-redis.ts';

const NAMES = ['redis-server', 'valkey-server'];

const HOW_TO = [
  'No Redis server was found for the tests. Do one of these:',
  '- put `redis-server` or `valkey-server` (6.2 or newer) on the PATH, or name it in REDIS_SERVER;',
  '- let the tests fetch it, which works where `apt-get` is and a mirror can be reached;',
  '- name a server that may be written to in PAGEFOLD_TEST_REDIS_URL (tests that stop servers are skipped then).',
].join('\n');

/**
 * A Redis server for tests and benchmarks: the one of `REDIS_SERVER`, else one on the PATH, else Debian's, fetched once and
 * kept in the user's cache folder.
 * @throws Error that says what to do when there is none.
 */
export function findRedisProgram(): RedisProgram {
  const named = process.env['REDIS_SERVER'];
  if (named !== undefined && named !== '') return { path: named, sharedLibraryFolders: [] };
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  for (const name of NAMES) {
    const folder = folders.find((one) => existsSync(path.join(one, name)));
    if (folder !== undefined) return { path: path.join(folder, name), sharedLibraryFolders: [] };
  }
  return fetched();
}

function fetched(): RedisProgram {
  let program: RedisProgram | null;
  try {
    program = unpackDebianRedis();
  } catch (cause) {
    throw new Error(HOW_TO, { cause });
  }
  if (program === null) throw new Error(HOW_TO);
  return program;
}
