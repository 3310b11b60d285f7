/** Whether an interface takes an id of a tool call; one that is not taken fails the whole request. */
export type CallIdRule = (id: string) => boolean;

// Ids say nothing to their readers, so what cannot be seen and what a delimiter of ours begins with is no loss.
const CHAT = /^[^<\p{C}]{1,40}$/u;
const RESPONSES = /^[^<\p{C}]{1,64}$/u;
const ANTHROPIC = /^[A-Za-z0-9_-]{1,64}$/;
const PORTABLE = /^[A-Za-z0-9_-]{1,40}$/;
/** Kimi K2 reads the names of its tools out of these, and calls no more tools once a prompt holds others. */
const READ_BY_MODEL = /^functions\.[\w.-]{1,128}:\d{1,9}$/;
/** LiteLLM keeps what Gemini signed in the id, wants it back for Gemini, and takes it off for others. */
const SIGNED = /^[^<\p{C}]{1,128}__thought__[\w+/=-]+$/u;

/** OpenAI's chat interface, and the many that are made after it: 40 characters, or more of those that their provider reads. */
export const isChatCallId: CallIdRule = (id) =>
  CHAT.test(id) || READ_BY_MODEL.test(id) || SIGNED.test(id);

/** OpenAI's responses interface: 64 characters. */
export const isResponsesCallId: CallIdRule = (id) => RESPONSES.test(id);

/** Anthropic's messages interface, also behind Bedrock and Vertex: letters, digits, `_` and `-`, of which Bedrock takes 64. */
export const isAnthropicCallId: CallIdRule = (id) => ANTHROPIC.test(id);

/** Where any of these may be behind. */
export const isPortableCallId: CallIdRule = (id) => PORTABLE.test(id);
