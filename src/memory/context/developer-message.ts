import type { VmMode } from '../../domain/paging-policy.ts';
import { wrapBlock } from './context-block.ts';
import { vmRules } from './vm-rules.ts';

/** What a system message says before any page. */
export interface InstructionSource {
  readonly mode: VmMode;
  readonly systemPrompt: string | null;
  readonly maxFaultsPerTurn: number;
  /** Whether a manifest lists what can be loaded. */
  readonly hasManifest: boolean;
}

/**
 * The instructions of a context: system prompt, then the rules as a block. In passive mode there are no rules, and a short text of
 * ours stands in where there is no system prompt. Nothing in it changes from call to call.
 */
export function vmInstructions({
  mode,
  systemPrompt,
  maxFaultsPerTurn,
  hasManifest,
}: InstructionSource): string {
  const prompt = systemPrompt === null || systemPrompt.trim() === '' ? null : systemPrompt;
  const rules = vmRules(mode, maxFaultsPerTurn, hasManifest);
  if (mode === 'passive') return prompt ?? rules;
  const block = wrapBlock('RULES', rules);
  return prompt === null ? block : `${prompt}\n\n${block}`;
}

/**
 * Everything a model is told in one text, for interfaces that take one: instructions, manifest and context, parted by empty lines.
 * The manifest is left out in passive mode.
 */
export function developerMessage({
  manifestJson,
  context,
  ...instructions
}: Omit<InstructionSource, 'hasManifest'> & {
  /** As `sentManifestJson` writes it; null for none. */
  readonly manifestJson: string | null;
  /** Lines of pages, as `ContextPacker` packs them. */
  readonly context: string;
}): string {
  const isShown = manifestJson !== null && instructions.mode !== 'passive';
  return [
    vmInstructions({ ...instructions, hasManifest: isShown }),
    ...(isShown ? [wrapBlock('MANIFEST_JSON', manifestJson)] : []),
    wrapBlock('CONTEXT', context),
  ].join('\n\n');
}
