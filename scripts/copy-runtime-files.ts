import { copyFileSync, mkdirSync } from 'node:fs';
import { COUNTER_FILES } from '../src/kernel/counter-files.generated.ts';

/** Puts what is not compiled where the code of the package looks for it: the files of the token counter, and what threads begin with. */
const FROM = 'build/counter';
const TO = 'dist/build/counter';

mkdirSync(TO, { recursive: true });
mkdirSync('dist/workers', { recursive: true });
for (const name of Object.keys(COUNTER_FILES)) copyFileSync(`${FROM}/${name}`, `${TO}/${name}`);
copyFileSync('workers/thread.cjs', 'dist/workers/thread.cjs');
