import { z } from 'zod';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { createFileArtifactStore as createFileStore } from '../artifacts/file/file-artifact-store.ts';
import {
  createMemoryArtifactStore as createMemoryStore,
  type MemoryArtifactLimits,
} from '../artifacts/memory-artifact-store.ts';
import { parseInput } from '../domain/parse.ts';
import { newWriterId, systemClock } from './system.ts';

/** How an artifact store in files is set up. */
export interface FileArtifactStoreOptions {
  /** Made when it is not there; all stores that are to share artifacts, in whichever process, name the same. */
  readonly directory: string;
}

const fileOptionsSchema: z.ZodType<FileArtifactStoreOptions> = z.strictObject({
  directory: z.string().min(1),
});

/**
 * Artifacts as files below a folder of this machine, or one that all machines see: L3 as they came, L4 packed by gzip. What was
 * acknowledged survives the process and the machine.
 * @throws INVALID_INPUT for an unknown option.
 */
export function createFileArtifactStore(options: FileArtifactStoreOptions): ArtifactStore {
  const { directory } = parseInput(fileOptionsSchema, options, 'options');
  return createFileStore({ directory, instance: newWriterId(), clock: systemClock() });
}

/**
 * Artifacts in the memory of this process: bounded, and gone with the process.
 * @throws INVALID_INPUT for a bound that is not a positive integer, or an unknown one.
 */
export function createMemoryArtifactStore(options: MemoryArtifactLimits = {}): ArtifactStore {
  return createMemoryStore(options, systemClock());
}
