import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { mustSucceed, output, succeeds } from './lib/run.ts';

// Looks at the package from the outside: installs its tarball into an empty project, imports every export, compiles
// against its types, runs its command, and follows the links between its documents.

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const ROOT = resolve('.');
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours

/** The import specifiers of the package that name code; a pattern is not one specifier. */
function codeSpecifiers(): readonly string[] {
  return Object.keys(manifest.exports)
    .filter((path) => !path.includes('*') && !path.endsWith('.json'))
    .map((path) => path.replace(/^\./, manifest.name));
}

/** Of what was built last: packing alone would build all of it once more, and print that before its JSON. */
function pack(folder: string): string {
  const flags = ['--json', '--ignore-scripts', '--pack-destination', folder];
  const printed = output('npm', ['pack', ...flags]);
  const [packed] = JSON.parse(printed) as readonly { filename: string; size: number }[]; // npm's format
  if (packed === undefined) throw new Error('npm pack made no tarball.');
  console.log(`${packed.filename}: ${Math.round(packed.size / 1024)} KiB`);
  return join(folder, packed.filename);
}

function install(project: string, tarball: string): void {
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--omit=peer', '--loglevel=error'];
  if (!succeeds('npm', ['install', ...flags, tarball], project)) installOffline(project, tarball);
  for (const peer of Object.keys(manifest.peerDependencies ?? {})) linkModule(project, peer);
  linkModule(project, '@types/node');
}

/** Without a registry the dependencies are taken from this checkout; the tarball itself is still the real one. */
function installOffline(project: string, tarball: string): void {
  console.log('npm install failed; using the dependencies of this checkout');
  const target = join(project, 'node_modules', manifest.name);
  mkdirSync(target, { recursive: true });
  output('tar', ['-xzf', tarball, '--strip-components=1', '-C', target]);
  for (const name of Object.keys(manifest.dependencies ?? {})) linkModule(project, name);
  const commands = join(project, 'node_modules', '.bin');
  mkdirSync(commands, { recursive: true });
  for (const [name, path] of Object.entries(manifest.bin)) {
    symlinkSync(join(target, path), join(commands, name));
  }
}

function linkModule(project: string, name: string): void {
  const link = join(project, 'node_modules', name);
  mkdirSync(dirname(link), { recursive: true });
  rmSync(link, { recursive: true, force: true });
  symlinkSync(join(ROOT, 'node_modules', name), link);
}

function importEverything(project: string): void {
  const lines = codeSpecifiers().map(
    (specifier) =>
      `console.log('${specifier}:', Object.keys(await import('${specifier}')).length, 'exports');`,
  );
  writeFileSync(join(project, 'smoke.mjs'), `${lines.join('\n')}\n`);
  mustSucceed(process.execPath, ['smoke.mjs'], project);
}

/** Compiles a user of the package with the declarations checked too, which an inner compile with skipLibCheck is not. */
function compileAgainst(project: string): void {
  const lines = codeSpecifiers().map(
    (specifier, index) => `export * as m${index} from '${specifier}';`,
  );
  writeFileSync(join(project, 'user.ts'), `${lines.join('\n')}\n`);
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--module', 'nodenext'];
  const environment = ['--lib', 'es2023,esnext.disposable', '--types', 'node'];
  const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  mustSucceed(process.execPath, [compiler, ...options, ...environment, 'user.ts'], project);
}

/** A link in a document that leads to no file of the package is dead for whoever reads it there. */
function followLinks(project: string): void {
  const root = join(project, 'node_modules', manifest.name);
  const pages = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
    .map((path) => join(root, path));
  const dead = pages.flatMap((page) =>
    linksOf(page)
      .filter((path) => !existsSync(join(dirname(page), path)))
      .map((path) => `${relative(root, page)}: ${path}`),
  );
  if (dead.length > 0) throw new Error(`Links to nothing in the package:\n${dead.join('\n')}`);
  console.log(`links of ${pages.length} documents: ok`);
}

/** The paths that a page links to, without addresses on the web and without places within a page. */
function linksOf(page: string): readonly string[] {
  return [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => target.replace(/#.*$/, ''))
    .filter((path) => path !== '');
}

function runCommands(project: string): void {
  for (const name of Object.keys(manifest.bin)) {
    const printed = output(join(project, 'node_modules', '.bin', name), ['--help'], project);
    if (printed.trim() === '') throw new Error(`${name} --help printed nothing.`);
    console.log(`${name} --help: ok`);
  }
}

/** Counts tokens in the installed package: the files must be found, and it must be the WebAssembly module that answers. */
function countTokens(project: string): void {
  const program = `
    import { strictEqual } from 'node:assert';

    const modules = [];
    const { Instance } = WebAssembly;
    WebAssembly.Instance = function (...params) {
      const instance = new Instance(...params);
      modules.push(instance.exports);
      return instance;
    };
    const { createTokenCounter } = await import('${manifest.name}');
    for (const [model, encoding] of [['gpt-4o', 'o200k_base'], ['gpt-4', 'cl100k_base']]) {
      const count = createTokenCounter().count('hello world', model);
      strictEqual(JSON.stringify(count), JSON.stringify({ tokens: 2, isExact: true, encoding }));
    }
    const calls = modules.map(({ callCount }) => callCount?.() ?? 0);
    strictEqual(calls.reduce((sum, each) => sum + each, 0), 2);
    console.log('tokens counted by the module: ok');
  `;
  writeFileSync(join(project, 'count.mjs'), program);
  mustSucceed(process.execPath, ['count.mjs'], project);
}

/** What the few files find beside them must be there, though it was named from modules that lay elsewhere. */
function findFiles(project: string): void {
  const folder = join(project, 'node_modules', manifest.name, 'dist', 'src', 'lib');
  const named = readdirSync(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [...text.matchAll(/new URL\("(\.[^"]+)", import\.meta\.url\)/g)].map(
      ([, path = '']) => path,
    );
  });
  const missing = named.filter((path) => !existsSync(join(folder, path)));
  if (named.length === 0 || missing.length > 0)
    throw new Error(`Files that the package does not find: ${missing.join(', ')}`);
  console.log(`${named.length} files beside the code: ok`);
}

/** Most that a program may weigh that imports one error: a bundler must be able to leave everything else out. */
const MOST_KIB = 50;

/** Bundles a program that needs next to nothing of the package. */
function shakeTree(project: string): void {
  const program = `import { InvalidInput } from '${manifest.name}';\nconsole.log(InvalidInput.name);\n`;
  writeFileSync(join(project, 'one-error.mjs'), program);
  const { outputFiles } = buildSync({
    entryPoints: [join(project, 'one-error.mjs')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    external: Object.keys(manifest.dependencies ?? {}),
    logLevel: 'error',
  });
  const [{ contents } = { contents: new Uint8Array() }] = outputFiles;
  const kibibytes = Math.ceil(contents.length / 1024);
  if (kibibytes === 0 || kibibytes > MOST_KIB)
    throw new Error(
      `A program with one error weighs ${kibibytes} KiB, at most ${MOST_KIB} expected.`,
    );
  console.log(`a program with one error, bundled: ${kibibytes} KiB`);
}

/** Runs a session in a worker of the installed package: the module that threads run must be found, and count exactly. */
function useWorkers(project: string): void {
  const program = `
    import { notStrictEqual, strictEqual } from 'node:assert';
    import { createTokenCounter, openPagefold } from '${manifest.name}';

    const text = 'Floccinaucinihilipilification, 12345678 times; \u{1f469}\u200d\u{1f680}';
    const [exact, estimate] = ['exact', 'estimate'].map((mode) =>
      createTokenCounter({ mode }).countText(text, 'gpt-4o'),
    );
    notStrictEqual(exact, estimate);
    const pagefold = await openPagefold({ workers: 1, defaultModel: 'gpt-4o' });
    const session = pagefold.session('s');
    await session.userSays(text);
    strictEqual((await session.getStats()).totalTokens, exact);
    strictEqual((await pagefold.stats()).actors.shards[0].commands, 1);
    await pagefold.close();
    console.log('a session in a worker: ok');
  `;
  writeFileSync(join(project, 'workers.mjs'), program);
  mustSucceed(process.execPath, ['workers.mjs'], project);
}

function main(): void {
  const folder = mkdtempSync(join(tmpdir(), 'pagefold-pack-'));
  try {
    const tarball = pack(folder);
    // For the check of its types, which follows.
    copyFileSync(tarball, 'build/package.tgz');
    const project = join(folder, 'project');
    mkdirSync(project);
    install(project, tarball);
    importEverything(project);
    compileAgainst(project);
    runCommands(project);
    followLinks(project);
    findFiles(project);
    shakeTree(project);
    countTokens(project);
    useWorkers(project);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

main();
