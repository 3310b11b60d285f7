import type { Library } from './conversation.ts';
import { createTiktokenCount } from './counting.ts';
import { openGoogleAdk } from './google-adk.ts';
import { openLangChain } from './langchain.ts';
import { openLangGraph } from './langgraph.ts';
import { openLlamaIndex } from './llama-index.ts';
import { openMastra } from './mastra.ts';
import { openOpenAiAgents } from './openai-agents.ts';
import { openOurs } from './pagefold.ts';
import { openRaw } from './raw.ts';

/** Short names of the libraries, ours first. */
export const LIBRARY_NAMES = [
  'exact',
  'estimate',
  'raw',
  'counted',
  'openai',
  'langchain',
  'langgraph',
  'llamaindex',
  'mastra',
  'adk',
] as const;

/** One of {@link LIBRARY_NAMES}. */
export type LibraryName = (typeof LIBRARY_NAMES)[number];

/** How each library is opened. */
export const LIBRARIES: Readonly<Record<LibraryName, () => Promise<Library>>> = {
  exact: () => openOurs('exact'),
  estimate: () => openOurs('estimate'),
  raw: async () => openRaw(null),
  counted: async () => openRaw({ by: 'js-tiktoken', count: createTiktokenCount() }),
  openai: openOpenAiAgents,
  langchain: openLangChain,
  langgraph: openLangGraph,
  llamaindex: openLlamaIndex,
  mastra: openMastra,
  adk: openGoogleAdk,
};
