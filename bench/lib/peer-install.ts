import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Installs the libraries of bench/package.json when there are any and the installed ones are not those of the lock file. */
export function installPeers(folder: string): void {
  const lockFile = join(folder, 'package-lock.json');
  if (!existsSync(lockFile) || lockedPackages(lockFile).length === 0) return;
  const installed = join(folder, 'node_modules', '.package-lock.json');
  if (existsSync(installed) && isSameList(lockedPackages(lockFile), lockedPackages(installed)))
    return;
  // Some ask for a newer Node than ours and run on it all the same; npm says so and goes on.
  execFileSync('npm', ['ci', '--engine-strict=false', '--prefix', folder], { stdio: 'inherit' });
}

/** `path@version` of every package that is not an optional one of another platform. */
function lockedPackages(lockFile: string): readonly string[] {
  const lock = JSON.parse(readFileSync(lockFile, 'utf8')) as Lock; // npm writes this file
  return Object.entries(lock.packages)
    .filter(([path, entry]) => path !== '' && entry.optional !== true)
    .map(([path, entry]) => `${path}@${entry.version}`)
    .toSorted();
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean }>
  >;
}

function isSameList(left: readonly string[], right: readonly string[]): boolean {
  return left.join('\n') === right.join('\n');
}
