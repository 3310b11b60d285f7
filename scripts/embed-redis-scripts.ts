import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { REPLY_CODES } from '../src/store/redis/reply-code.ts';

/** Folders of scripts, and where the type of a script is to be found from beside them. */
const FOLDERS = [
  { folder: 'src/store/redis/scripts', port: './redis-port.ts' },
  { folder: 'src/queue/bull/scripts', port: '../../store/redis/redis-port.ts' },
] as const;

const INCLUDE = /^-- @include (\w+)$/;

/** Scripts that are named so change nothing. */
const READING = /^(load|read|page)/;

/** The text of one script with what it includes, without its comments. */
function assemble(folder: string, file: string): string {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const included = lines.flatMap((line) => {
    const name = INCLUDE.exec(line)?.[1];
    if (name === undefined) return [];
    return [name === 'codes' ? codes() : assemble(folder, path.join('lib', `${name}.lua`))];
  });
  const own = lines.filter((line) => line.trim() !== '' && !line.trimStart().startsWith('--'));
  return [...included, ...own].join('\n');
}

function codes(): string {
  const entries = Object.entries(REPLY_CODES).map(([name, code]) => `${name} = ${code}`);
  return `local CODE = { ${entries.join(', ')} }`;
}

function constant(folder: string, file: string): string {
  const name = path.basename(file, '.lua').replace(/-\w+$/, '');
  const text = assemble(folder, file);
  const sha1 = createHash('sha1').update(text).digest('hex');
  const constantName = name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
  return [
    `/** ${file} with what it includes. */`,
    `export const ${constantName}: RedisScript = {`,
    `  name: ${JSON.stringify(name)},`,
    `  isReadOnly: ${READING.test(name)},`,
    `  sha1: ${JSON.stringify(sha1)},`,
    `  text: ${JSON.stringify(text)},`,
    '};',
    '',
  ].join('\n');
}

/** Turns the Lua scripts into a module, so that they load without a file path in every bundler. */
function embed({ folder, port }: (typeof FOLDERS)[number]): void {
  const files = readdirSync(folder).filter((file) => file.endsWith('.lua'));
  const text = [
    `// Made from ${folder} by scripts/embed-redis-scripts.ts. Do not edit.`,
    `import type { RedisScript } from '${port}';`,
    '',
    ...files.toSorted().map((file) => constant(folder, file)),
  ].join('\n');
  const target = `${folder}.generated.ts`;
  // An unchanged file is left alone, so that watchers and parallel test runs are not disturbed.
  if (existsSync(target) && readFileSync(target, 'utf8') === text) return;
  writeFileSync(target, text);
}

for (const one of FOLDERS) embed(one);
