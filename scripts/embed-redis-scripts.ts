import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { REPLY_CODES } from '../src/store/redis/reply-code.ts';
import { dropUnusedFunctions, inlineConstants, madeLater } from './lib/lua-text.ts';

/** Folders of scripts, and where the type of a script is to be found from beside them. */
const FOLDERS = [
  { folder: 'src/store/redis/scripts', port: './redis-port.ts' },
  { folder: 'src/queue/bull/scripts', port: '../../store/redis/redis-port.ts' },
] as const;

/** A file of `lib` in front of the script, or one that is made only when it is needed, in the place of the line. */
const INCLUDE = /^-- @include (\w+)$/;
const LATER = /^-- @later (\w+)$/;

/** Scripts that are named so change nothing. */
const READING = /^(load|read|page)/;

const CODES = new Map(
  Object.entries(REPLY_CODES).map(([name, code]) => [`CODE.${name}`, String(code)]),
);

/** The text of one script with what it includes, without its comments. */
function assemble(folder: string, file: string): string {
  const lines = readFileSync(path.join(folder, file), 'utf8').split('\n');
  const included = lines.flatMap((line) => {
    const name = INCLUDE.exec(line)?.[1];
    return name === undefined ? [] : [assemble(folder, libraryOf(name))];
  });
  const own = lines.filter(
    (line) => LATER.test(line) || (line.trim() !== '' && !line.trimStart().startsWith('--')),
  );
  return [...included, ...own].join('\n');
}

/** A script as it is sent. What it makes later has all that it calls within itself. */
function toSent(folder: string, assembled: string): string {
  const text = dropUnusedFunctions(inlineConstants(assembled, CODES));
  return text.replace(new RegExp(LATER, 'gm'), (_line, name: string) => {
    const library = assemble(folder, libraryOf(name));
    return madeLater(name, toSent(folder, `${library}\nreturn ${name}`));
  });
}

function libraryOf(name: string): string {
  return path.join('lib', `${name}.lua`);
}

function constant(folder: string, file: string): string {
  const name = path.basename(file, '.lua').replace(/-\w+$/, '');
  const text = toSent(folder, assemble(folder, file));
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
