import { MESSAGE_OVERHEAD_TOKENS } from '../../domain/segment.ts';
import { type PromptCounting, textTokens } from '../message-tokens.ts';
import { messageHash } from './context-receipt.ts';
import { fnvHash } from './fnv-hash.ts';
import { GenerationMap } from '../generation-map.ts';

/** What a text of ours takes in a prompt, and its hash in a receipt. */
export interface PromptFigures {
  readonly tokens: number;
  readonly hash: string;
}

/** Services have few system prompts and modes; one of two generations holds so many of them. */
const MAX_TEXTS = 16;
/** A text that is longer, in UTF-16 units, is counted each time, so that what is remembered stays small. */
const MAX_LENGTH = 65_536;

/** A counter always counts the same; what sessions with the same instructions count with it is shared. */
const figuresBy = new WeakMap<PromptCounting['counter'], GenerationMap<string, PromptFigures>>();

/** Of a message of the system, with the marks around it. */
export function systemFigures(content: string, counting: PromptCounting): PromptFigures {
  return remembered('system', { text: content, counting }, () => ({
    tokens: MESSAGE_OVERHEAD_TOKENS + textTokens(content, counting),
    hash: messageHash({ role: 'system', content }),
  }));
}

/** Of tools as JSON, which is at least what providers make of them. */
export function toolFigures(json: string, counting: PromptCounting): PromptFigures {
  return remembered('tools', { text: json, counting }, () => ({
    tokens: textTokens(json, counting),
    hash: fnvHash(json),
  }));
}

function remembered(
  kind: 'system' | 'tools',
  { text, counting }: { readonly text: string; readonly counting: PromptCounting },
  measure: () => PromptFigures,
): PromptFigures {
  const { counter, model } = counting;
  if (text.length > MAX_LENGTH) return measure();
  const known = figuresBy.get(counter) ?? new GenerationMap<string, PromptFigures>(MAX_TEXTS);
  figuresBy.set(counter, known);
  const key = `${JSON.stringify([kind, model])}${text}`;
  const figures = known.get(key) ?? measure();
  known.set(key, figures);
  return figures;
}
