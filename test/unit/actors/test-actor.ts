import { DEFAULT_ACTOR_LIMITS } from '../../../src/actors/limits.ts';
import { SessionActor } from '../../../src/actors/session-actor.ts';
import { createMemoryStore } from '../../../src/store/memory-store.ts';
import { virtualClock } from '../../../src/testing/virtual-clock.ts';

/** An actor that is asked nothing, for tests that only need to tell actors apart. */
export function anActor(sessionId: string): SessionActor {
  const clock = virtualClock();
  return new SessionActor(
    { tenant: 'tenant-1', sessionId },
    {
      store: createMemoryStore({ clock }),
      clock,
      limits: DEFAULT_ACTOR_LIMITS,
      writer: 'writer-1',
      timeToLive: { absoluteMs: null, slidingMs: null },
      nextOperation: () => 1,
      random: () => 0.5,
      hydrate: (load) => load(),
      count: () => undefined,
      build: () => {
        throw new Error('an actor that is asked nothing was asked something');
      },
      onReady: () => undefined,
      onIdle: () => undefined,
    },
  );
}
