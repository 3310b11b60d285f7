import { MemoryManager as StandaloneMemory } from '../memory/manager/memory-manager.ts';
import type { MemoryManagerOptions } from '../memory/manager/manager-options.ts';
import { newPageIdEnd, newUuid, systemClock } from './system.ts';
import { createTokenCounter } from './token-counter.ts';

/**
 * The virtual memory of one conversation, without a session and its log: time, ids and counting come from the machine where options
 * do not say otherwise.
 */
export class MemoryManager extends StandaloneMemory {
  /** @throws INVALID_INPUT naming the option, also one that does not exist or contradicts another. */
  constructor(options: MemoryManagerOptions = {}) {
    super(options, {
      clock: systemClock(),
      newId: newPageIdEnd,
      newSessionId: newUuid,
      counter: () => createTokenCounter(),
    });
  }
}
