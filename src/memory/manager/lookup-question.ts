/** Characters of a question that folding is focused on; every page that is cut says them in the log. */
const MAX_FOCUS_LENGTH = 320;
/** Longer messages ask for work; what they need is mostly what was spoken of last. */
const MAX_LOOKUP_LENGTH = 320;

/** Whether a message asks for something to be found, and not for something to be done. */
export function isLookup(message: string): boolean {
  return message.length <= MAX_LOOKUP_LENGTH && isQuestion(message) && !message.includes('```');
}

/** Whether a message asks something, in English or with a question mark of any script. */
export function isQuestion(message: string): boolean {
  return (
    /[?？؟]/.test(message) || /^\s*(?:who|what|when|where|which|why|how|whose)\b/i.test(message)
  );
}

/** What folding keeps before all else for a question. */
export function focusOf(question: string | null): string {
  return (question ?? '').slice(0, MAX_FOCUS_LENGTH);
}
