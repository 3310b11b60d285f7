import { succeeds } from './lib/run.ts';

// Runs whole sessions and the published surface with token counts made in JavaScript: what holds with the kernel must hold
// with its twin.

process.env['PAGEFOLD_TOKEN_ENGINE'] = 'js';
const projects = ['integration', 'e2e', 'fresh'].flatMap((name) => ['--project', name]);
if (!succeeds('npx', ['vitest', 'run', ...projects])) process.exitCode = 1;
