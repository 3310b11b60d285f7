import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** A step of the build: what is made from what. Paths are relative to the root of the repository, or absolute. */
export interface BuildStep {
  /** Where what was built last time is noted. */
  readonly stampFile: string;
  /** Every file that decides what comes out: sources, configuration, the scripts themselves, versions of tools. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Whether the outputs that lie there are the very ones that were made last, and of these inputs. */
export function isBuilt(step: BuildStep): boolean {
  const files = [step.stampFile, ...step.outputs];
  if (!files.every((file) => existsSync(file))) return false;
  return readFileSync(step.stampFile, 'utf8') === stampOf(step);
}

/** Notes what was built, and from what. */
export function noteBuilt(step: BuildStep): void {
  writeFileSync(step.stampFile, stampOf(step));
}

function stampOf({ inputs, outputs }: BuildStep): string {
  return `${JSON.stringify({ inputs: hashOf(inputs), outputs: hashOf(outputs) })}\n`;
}

function hashOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    const bytes = readFileSync(file);
    // With its length, so that bytes cannot move from one file into the next unseen.
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}
