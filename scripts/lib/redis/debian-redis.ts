import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

/** A Redis server that can be started. */
export interface RedisProgram {
  readonly path: string;
  /** Where its libraries are, when they are not the system's. */
  readonly sharedLibraryFolders: readonly string[];
}

/** The packages of a mirror are a megabyte; a slow line may take its time. */
const DOWNLOAD_TIMEOUT_MS = 180_000;

/**
 * Debian's packaged server, unpacked into a folder of the user and never installed: no service is started, no file of the
 * system changes, and no rights are needed. It stays there for the next run.
 * @returns null where there is no `apt-get`.
 * @throws Error with what `apt-get` said.
 */
export function unpackDebianRedis(): RedisProgram | null {
  const folder = cacheFolder();
  const program = programIn(folder);
  if (existsSync(program.path)) return program;
  if (!isThere('apt-get') || !isThere('dpkg')) return null;
  mkdirSync(path.dirname(folder), { recursive: true });
  // Beside its final place, so that it gets there in one step: several runs may unpack at once.
  const scratch = mkdtempSync(`${folder}-`);
  try {
    download(scratch);
    moveInto(folder, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  // Only now are its libraries there to be found.
  return programIn(folder);
}

function cacheFolder(): string {
  const root = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  return path.join(root, 'pagefold', `redis-${process.arch}`);
}

function programIn(folder: string): RedisProgram {
  return {
    path: path.join(folder, 'usr/bin/redis-server'),
    sharedLibraryFolders: librariesIn(path.join(folder, 'usr/lib')),
  };
}

/** Debian keeps libraries in a folder per architecture, such as `x86_64-linux-gnu`. */
function librariesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('-linux-gnu'));
  return names.map((name) => path.join(folder, name));
}

function isThere(command: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  return folders.some((folder) => existsSync(path.join(folder, command)));
}

function download(scratch: string): void {
  const archives = path.join(scratch, 'archives');
  const lists = path.join(scratch, 'lists');
  for (const folder of [archives, lists])
    mkdirSync(path.join(folder, 'partial'), { recursive: true });
  const options = [
    ['Debug::NoLocking', '1'],
    ['APT::Sandbox::User', 'root'],
    ['Dir::State::lists', lists],
    ['Dir::Cache::archives', archives],
    ['Dir::Cache::pkgcache', ''],
    ['Dir::Cache::srcpkgcache', ''],
  ].flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  const apt = (...words: readonly string[]): void => {
    execFileSync('apt-get', ['-y', ...options, ...words], {
      timeout: DOWNLOAD_TIMEOUT_MS,
      stdio: 'pipe',
    });
  };
  apt('update');
  // With what it depends on and this machine does not have.
  apt('install', '--download-only', '--no-install-recommends', 'redis-server');
  const packages = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  for (const name of packages) {
    execFileSync('dpkg', ['-x', path.join(archives, name), path.join(scratch, 'root')], {
      stdio: 'pipe',
    });
  }
}

function moveInto(folder: string, scratch: string): void {
  try {
    renameSync(path.join(scratch, 'root'), folder);
  } catch (error) {
    // Another run was faster.
    if (!existsSync(programIn(folder).path)) throw error;
  }
}
