import { bundleWorkers } from './lib/worker-bundle.ts';

await bundleWorkers();
