import { ToolRunner as StandaloneToolRunner } from '../tools/tool-runner.ts';
import type { ToolRunnerOptions } from '../tools/tool-runner.ts';
import { randomFraction, systemClock } from './system.ts';

/** Tools and how they are run: time limits, repeats, limits of how many run at once, breakers. Sessions may share one. */
export class ToolRunner extends StandaloneToolRunner {
  /** @throws INVALID_INPUT naming the option or the field of a tool. */
  constructor(options: ToolRunnerOptions = {}) {
    super(options, { nowMs: () => systemClock().nowMs(), random: randomFraction });
  }
}
