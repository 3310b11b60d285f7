import { fork } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import {
  type PrivateCluster,
  startPrivateCluster,
} from '../../../scripts/lib/redis/private-cluster.ts';
import { toText } from '../../../src/domain/json.ts';
import { openPagefold } from '../../../src/index.ts';
import { type BackendChoice, backendStore } from '../../lib/redis/backend-store.ts';
import { aNamespace } from '../../lib/redis/stores.ts';

let cluster: PrivateCluster;

beforeAll(async () => {
  cluster = await startPrivateCluster();
});

afterAll(() => cluster.close());

/** Lets another process say something, and waits until it has ended. */
async function talk(choice: BackendChoice, sessionId: string, name: string): Promise<void> {
  const child = fork(
    new URL('../../lib/redis/talking-process.ts', import.meta.url),
    [sessionId, name, '20', JSON.stringify(choice)],
    { execArgv: ['--import', 'tsx'] },
  );
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

async function contents(choice: BackendChoice, sessionId: string): Promise<readonly string[]> {
  await using store = closing(choice);
  await using pagefold = await openPagefold({ store: store.store, tokens: 'estimate' });
  const turns = await pagefold.session(sessionId).getConversation();
  return turns.map((turn) => toText(turn.content));
}

function closing(choice: BackendChoice) {
  const store = backendStore(choice);
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

const backends: readonly (readonly [string, () => BackendChoice])[] = [
  ['one server, encrypted', () => ({ url: inject('redisUrl'), isEncrypted: true })],
  ['a cluster', () => ({ url: cluster.url, isEncrypted: false })],
  ['a cluster, encrypted', () => ({ url: cluster.url, isEncrypted: true })],
];

test.each(backends)(
  'W-01, W-05: in %s, what processes said at once and ended is whole and in order for another one',
  async (_, choiceOf) => {
    const choice = choiceOf();
    const sessionId = aNamespace();
    const names = ['a', 'b'];
    await Promise.all(names.map((name) => talk(choice, sessionId, name)));

    const said = await contents(choice, sessionId);
    expect(said).toHaveLength(40);
    for (const name of names) {
      const own = said.filter((text) => text.startsWith(name));
      expect(own).toEqual(Array.from({ length: 20 }, (__, index) => `${name} ${index}`));
    }
  },
);
