import { bundleProcesses } from '../../scripts/lib/process-bundle.ts';
import { PROCESS_FILES } from '../lib/processes/entries.ts';

/** What processes of this run's tests run, made of the sources as they are now. */
export async function setup(): Promise<void> {
  await bundleProcesses(PROCESS_FILES);
}
