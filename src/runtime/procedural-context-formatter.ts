import { defaultTokenModel } from '../config/environment.ts';
import { ProceduralContextFormatter as StandaloneFormatter } from '../procedures/procedural-context-formatter.ts';
import type { ProceduralFormatOptions } from '../procedures/procedural-context-formatter.ts';
import { createTokenCounter } from './token-counter.ts';

/** Writes what was learnt of tools for the context of a model, within a number of tokens of the default model. */
export class ProceduralContextFormatter extends StandaloneFormatter {
  /** @throws INVALID_INPUT naming the option. */
  constructor(options: ProceduralFormatOptions = {}) {
    const counter = createTokenCounter();
    super(options, (text) => counter.countText(text, defaultTokenModel()));
  }
}
