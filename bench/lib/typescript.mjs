import { register } from 'node:module';

// Lets benchmarks run from the sources at the speed of the package. What `tsx` makes of them gives every function its name
// again each time it is made, which no user's process does: a guarded tool call took twice as long.

register('./typescript-hooks.mjs', import.meta.url);
