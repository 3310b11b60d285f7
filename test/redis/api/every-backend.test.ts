import { expect, inject, test } from 'vitest';
import { openPagefold } from '../../../src/index.ts';
import { type BackendChoice, backendStore } from '../../lib/redis/backend-store.ts';
import { clusterOfSuite } from '../../lib/redis/cluster-of-suite.ts';
import { aNamespace } from '../../lib/redis/stores.ts';
import { contents, talk } from '../../lib/redis/talk.ts';

const clusterUrl = clusterOfSuite();

function closing(choice: BackendChoice) {
  const store = backendStore(choice);
  return { store, [Symbol.asyncDispose]: () => store.close() };
}

const backends: readonly (readonly [string, () => BackendChoice])[] = [
  ['one server, encrypted', () => ({ url: inject('redisUrl'), isEncrypted: true })],
  ['a cluster', () => ({ url: clusterUrl(), isEncrypted: false })],
  ['a cluster, encrypted', () => ({ url: clusterUrl(), isEncrypted: true })],
];

test.each(backends)(
  'W-01, W-05: in %s, what processes said at once and ended is whole and in order for another one',
  async (_, choiceOf) => {
    const choice = choiceOf();
    const sessionId = aNamespace();
    const names = ['a', 'b'];
    const codes = names.map((name) => talk({ choice, sessionId, name, count: 20 }));
    expect(await Promise.all(codes)).toEqual([0, 0]);

    await using opened = closing(choice);
    await using pagefold = await openPagefold({ store: opened.store, tokens: 'estimate' });
    const said = await contents(pagefold, sessionId);
    expect(said).toHaveLength(40);
    for (const name of names) {
      const own = said.filter((text) => text.startsWith(name));
      expect(own).toEqual(Array.from({ length: 20 }, (__, index) => `${name} ${index}`));
    }
  },
);
