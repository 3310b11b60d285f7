import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { createEncryptedStore } from '../../../src/runtime/encrypted-store.ts';
import { createKeyRing } from '../../../src/store/encryption/key-provider.ts';
import { describeStore, faultyStore, seededFaults } from '../../../src/testing/index.ts';

const keys = createKeyRing({ keys: { k1: new Uint8Array(32).fill(7) }, current: 'k1' });

describeStore('encrypted memory store', ({ clock }) => ({
  store: createEncryptedStore(createMemoryStore({ clock }), keys),
}));

describeStore(
  'encrypted memory store behind a network that repeats every append',
  ({ clock }) => {
    const plan = seededFaults({ clock, seed: 11, chances: { duplicate: 1 }, methods: ['append'] });
    return { store: createEncryptedStore(faultyStore(createMemoryStore({ clock }), plan), keys) };
  },
  { modelRuns: 50 },
);
