import { bundleWorkers } from '../../scripts/lib/worker-bundle.ts';

/** What threads of this run's tests run, made of the sources as they are now. */
export async function setup(): Promise<void> {
  await bundleWorkers({ 'dying-worker': 'test/lib/pool/dying-worker.ts' });
}
