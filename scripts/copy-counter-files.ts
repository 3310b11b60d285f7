import { copyFileSync, mkdirSync } from 'node:fs';
import { COUNTER_FILES } from '../src/kernel/counter-files.generated.ts';

/** Puts the files of the token counter where the compiled sources look for them. */
const FROM = 'build/counter';
const TO = 'dist/build/counter';

mkdirSync(TO, { recursive: true });
for (const name of Object.keys(COUNTER_FILES)) copyFileSync(`${FROM}/${name}`, `${TO}/${name}`);
