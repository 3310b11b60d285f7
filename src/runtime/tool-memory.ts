import { ToolMemoryManager as StandaloneToolMemory } from '../procedures/tool-memory-manager.ts';
import type { ToolMemoryOptions } from '../procedures/tool-memory-options.ts';
import { systemClock } from './system.ts';

/** What was learnt from the calls of tools in one conversation, without a session and its log. */
export class ToolMemoryManager extends StandaloneToolMemory {
  /** @throws INVALID_INPUT naming the option, also one that does not exist. */
  constructor(options: ToolMemoryOptions = {}) {
    super(options, { nowMs: () => systemClock().nowMs() });
  }
}
