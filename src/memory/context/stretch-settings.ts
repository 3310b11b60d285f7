import type { ContextLineOptions } from '../../domain/context-options.ts';
import type { PromptCounting } from '../message-tokens.ts';

/** How stretches are written and counted. */
export interface StretchSettings {
  readonly counting: PromptCounting;
  readonly lines: ContextLineOptions;
}

/** Settings with a text that is the same for all that give the same. */
export interface NamedSettings extends StretchSettings {
  readonly name: string;
}

/** Settings by name. */
export function namedSettings({ counting, lines }: StretchSettings): NamedSettings {
  return { counting, lines, name: JSON.stringify([counting.model, lines]) };
}
