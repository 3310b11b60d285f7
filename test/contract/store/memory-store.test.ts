import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { describeStore, faultyStore, seededFaults } from '../../../src/testing/index.ts';

describeStore('memory store', ({ clock }) => ({ store: createMemoryStore({ clock }) }));

describeStore(
  'memory store behind a network that repeats every append',
  ({ clock }) => {
    const plan = seededFaults({ clock, seed: 7, chances: { duplicate: 1 }, methods: ['append'] });
    return { store: faultyStore(createMemoryStore({ clock }), plan) };
  },
  { modelRuns: 50 },
);
