import { mkdirSync } from 'node:fs';
import { compileKernelModules } from './lib/kernel-modules.ts';

const FOLDER = 'build';

mkdirSync(FOLDER, { recursive: true });
compileKernelModules(FOLDER);
