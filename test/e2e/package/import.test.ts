import { expect, test } from 'vitest';
import { runScript } from './run-script.ts';

test('W-60: C-173: importing changes no environment, holds no process, prints nothing and loads no vocabulary', async () => {
  const { exitCode, stdout, stderr } = await runScript(`
    import { createRequire } from 'node:module';
    const before = { ...process.env };
    const globals = new Set(Object.getOwnPropertyNames(globalThis));
    const listeners = process.eventNames().length;
    const console_ = { ...console };
    const library = await import('pagefold');
    const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
    process.stdout.write(JSON.stringify({
      env: same(before, { ...process.env }),
      // Zod keeps its settings there, whoever imports it.
      globals: Object.getOwnPropertyNames(globalThis)
        .filter((name) => !globals.has(name) && !name.startsWith('__zod')),
      loaded: Object.keys(createRequire(import.meta.url).cache)
        .filter((name) => /js-tiktoken|genai-prices/.test(name)),
      listeners: process.eventNames().length === listeners,
      console: Object.keys(console_).every((name) => console_[name] === console[name]),
      handles: process.getActiveResourcesInfo().filter((name) => name === 'Timeout'),
      hasExports: Object.keys(library).length > 50,
    }));
  `);

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual({
    env: true,
    globals: [],
    loaded: [],
    listeners: true,
    console: true,
    handles: [],
    hasExports: true,
  });
});

test('C-173: a process that used a session and closed nothing ends by itself', async () => {
  const { exitCode, stdout } = await runScript(`
    import { SessionManager, trackConversation } from 'pagefold';
    const session = new SessionManager({ infiniteContext: true });
    await session.userSays('hello');
    await trackConversation({ userMessage: 'a', aiResponse: 'b' });
    process.stdout.write('done');
  `);

  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'done' });
});

test('W-71: C-88: C-174: the environment is read when it is needed, not on import', async () => {
  const { exitCode, stdout, stderr } = await runScript(
    `
    import { closeDefaultRuntime, defaultTokenModel, getStorageInfo, SessionManager } from 'pagefold';
    const results = [];
    const attempt = async (call) => {
      try { results.push(await call()); } catch (error) { results.push(error.field ?? String(error)); }
    };
    await attempt(() => new SessionManager({ sessionId: 's' }).userSays('a'));
    process.env.SESSION_DEFAULT_TTL = '60';
    process.env.SESSION_PROVIDER = 'carrier-pigeon';
    await attempt(() => new SessionManager({ sessionId: 's' }).userSays('b'));
    await attempt(() => getStorageInfo());
    process.env.SESSION_PROVIDER = ' InMemory ';
    process.env.PAGEFOLD_DEFAULT_MODEL = 'gpt-4o';
    const session = new SessionManager({ sessionId: 's' });
    await attempt(() => session.userSays('c'));
    results.push(defaultTokenModel(), Object.keys((await session.getStats()).tokensByModel));
    process.stdout.write(JSON.stringify(results));
    `,
    { SESSION_DEFAULT_TTL: 'soon' },
  );

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(JSON.parse(stdout)).toEqual([
    'SESSION_DEFAULT_TTL',
    'SESSION_PROVIDER',
    'SESSION_PROVIDER',
    's',
    'gpt-4o',
    ['gpt-4o'],
  ]);
});
