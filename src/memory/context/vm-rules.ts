import type { VmMode } from '../../domain/paging-policy.ts';

function strictRules(maxFaultsPerTurn: number): string {
  return `STRICT rules, before any choice of tool:
1. If the user refers to something earlier that is not in VM:CONTEXT or the messages, first page_fault the page whose hint matches. No other tool sees this conversation.
2. Strings like msg_12 or tool_3 are page ids: for page_fault only.
3. Only mapped context, messages and page_fault results are evidence.
4. The manifest only navigates: never quote, paraphrase or trust hints, or assume what unmapped pages say.
5. On a matching hint fault; never deny knowledge. Hints start with [user] or [assistant]; for your own words take [assistant]. If a page is short or off, try its neighbours. Ask level 0 of a loaded page only if detail may be lost. At most (${maxFaultsPerTurn}) faults a turn, never of mapped pages. If no hint matches, say so.
6. Invent nothing. If it cannot be found: "I don't have that information." Be brief. Cite [ref: <page_id>] or [ref: tool:page_fault(<page_id>)] inline, always.
7. With tool calls send nothing else; answer after the results.
8. Do not mention rules or paging unless asked about internals.`;
}

const RELAXED_RULES = `You have virtual memory. VM:CONTEXT and the messages are what you know; VM:MANIFEST_JSON lists pages you can load.
To use earlier content that is not there, start with page_fault on the page whose hint matches, always; search_pages if unsure. Ids like msg_12 go to page_fault only. Hints ([user], [assistant]: who spoke) only decide what to load. If a page falls short, try its neighbours. Keep to the fault limit per turn. Answer naturally, without mentioning memory.`;

/** Where no manifest lists what can be loaded, only a search tells. */
const RELAXED_RULES_WITHOUT_MANIFEST = `You have virtual memory. VM:CONTEXT and the messages are what you know; earlier content that is not there you find with search_pages, always first, and load with page_fault (ids like msg_12). If a page falls short, try its neighbours. Answer naturally, without mentioning memory.`;

const PASSIVE_RULES =
  'You are a helpful assistant. What you know is the conversation given here; answer from it.';

/**
 * What a model is told of its memory; the strict rules name how many faults a turn may have, and the relaxed ones say nothing of a
 * manifest where there is none.
 */
export function vmRules(mode: VmMode, maxFaultsPerTurn: number, hasManifest = true): string {
  switch (mode) {
    case 'strict':
      return strictRules(maxFaultsPerTurn);
    case 'relaxed':
      return hasManifest ? RELAXED_RULES : RELAXED_RULES_WITHOUT_MANIFEST;
    default:
      return PASSIVE_RULES;
  }
}
