import { existsSync } from 'node:fs';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { createFileArtifactStore } from '../runtime/artifact-stores.ts';
import type { Arguments } from './arguments.ts';
import { UsageError } from './usage-error.ts';

/** The artifact store in the folder that `--artifacts` names; undefined where it names none. @throws INVALID_INPUT for no such folder */
export function artifactsOf(parsed: Arguments): ArtifactStore | undefined {
  const directory = parsed.text('artifacts');
  if (directory === null) return undefined;
  if (existsSync(directory)) return createFileArtifactStore({ directory });
  throw new UsageError(`--artifacts names ${directory}, and there is no such folder`);
}
