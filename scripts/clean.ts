import { rmSync } from 'node:fs';

/** Removes the folders of generated output that are named on the command line. */
for (const folder of process.argv.slice(2)) rmSync(folder, { recursive: true, force: true });
