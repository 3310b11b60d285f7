/** What a summary should bring out. */
export const SUMMARIZATION_STRATEGIES = [
  'basic',
  'key_points',
  'topic_based',
  'query_focused',
] as const;
/** One of {@link SUMMARIZATION_STRATEGIES}. */
export type SummarizationStrategy = (typeof SUMMARIZATION_STRATEGIES)[number];

/** What a prompt built from a session holds. */
export const PROMPT_STRATEGIES = [
  'minimal',
  'task',
  'tool',
  'conversation',
  'hierarchical',
] as const;
/** One of {@link PROMPT_STRATEGIES}. */
export type PromptStrategy = (typeof PROMPT_STRATEGIES)[number];
