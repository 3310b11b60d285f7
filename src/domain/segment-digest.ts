import type { SegmentDigest } from './segment.ts';

/** Topics named in an extractive summary; the rest is counted. */
export const MAX_TOPICS = 3;
/** Longest topic in code points. */
export const MAX_TOPIC_LENGTH = 50;
/** Shortest question that makes a topic, in code points; shorter ones ("Why?") say nothing on their own. */
export const MIN_TOPIC_LENGTH = 11;
/** How far before its mark a question is looked for, in UTF-16 units; a message may be megabytes long. */
const MAX_QUESTION_LENGTH = 1000;
/** Longest excerpt of the latest answer in code points. */
const MAX_ANSWER_LENGTH = 160;

// Question marks of Latin, full-width, Arabic, Armenian and Ethiopic writing. The Greek one looks like a semicolon.
const QUESTION = /[?？؟՞፧]/u;
const LOOSE_END = /^[\uDC00-\uDFFF]/;
const SENTENCE_BREAK = /[.!。！\n]/u;

/** The digest with one more message of the user. */
export function withUserMessage(digest: SegmentDigest, text: string): SegmentDigest {
  const question = questionIn(text);
  const isNamed = question !== null && digest.topics.length < MAX_TOPICS;
  return {
    topics: isNamed ? [...digest.topics, topicOf(question)] : digest.topics,
    topicCount: digest.topicCount + Number(question !== null),
    userMessages: digest.userMessages + 1,
    otherMessages: digest.otherMessages,
    latestAnswer: digest.latestAnswer,
  };
}

/** The digest with one more message of the model or the system. */
export function withOtherMessage(digest: SegmentDigest, text: string): SegmentDigest {
  return {
    topics: digest.topics,
    topicCount: digest.topicCount,
    userMessages: digest.userMessages,
    otherMessages: digest.otherMessages + 1,
    latestAnswer: firstCodePoints(text.trim(), MAX_ANSWER_LENGTH),
  };
}

/** The summary a segment has without any model: what was asked, and how the talk ended. */
export function extractiveSummary(digest: SegmentDigest): string {
  if (digest.topicCount === 0) {
    const counts = `Conversation with ${digest.userMessages} user messages and ${digest.otherMessages} responses`;
    return withEnding(counts, digest);
  }
  const named = digest.topics.join('; ');
  const more = digest.topicCount - digest.topics.length;
  const others = more > 0 ? ` and ${more} other ${more === 1 ? 'topic' : 'topics'}` : '';
  return withEnding(`User discussed: ${named}${others}`, digest);
}

function withEnding(summary: string, digest: SegmentDigest): string {
  return digest.latestAnswer === '' ? summary : `${summary}. Latest answer: ${digest.latestAnswer}`;
}

/** The sentence that ends in the first question mark; null when it is too short to name a topic. */
function questionIn(text: string): string | null {
  const mark = text.search(QUESTION);
  if (mark < 0) return null;
  // The cut may fall inside a surrogate pair; half a character is worse than one fewer.
  const before = text.slice(Math.max(0, mark - MAX_QUESTION_LENGTH), mark).replace(LOOSE_END, '');
  const sentence = (before.split(SENTENCE_BREAK).at(-1) ?? '').trim();
  // "Version 2.5?" leaves only "5" behind the last full stop; the words before it are better than nothing.
  const topic = hasCodePoints(sentence, MIN_TOPIC_LENGTH) ? sentence : before.trim();
  return hasCodePoints(topic, MIN_TOPIC_LENGTH) ? topic : null;
}

function topicOf(question: string): string {
  return firstCodePoints(detached(question), MAX_TOPIC_LENGTH);
}

function firstCodePoints(text: string, count: number): string {
  const end = unitsOf(text, count);
  return end === text.length ? text : detached(text.slice(0, end));
}

/** How many UTF-16 units the first code points take; walks no further than that. */
function unitsOf(text: string, codePoints: number): number {
  let units = 0;
  for (let point = 0; point < codePoints && units < text.length; point += 1) {
    units += (text.codePointAt(units) ?? 0) > 0xffff ? 2 : 1;
  }
  return units;
}

function hasCodePoints(text: string, atLeast: number): boolean {
  return text.length >= atLeast && unitsOf(text, atLeast - 1) < text.length;
}

/** A copy that shares no memory with a longer string; V8 keeps the whole parent of a slice alive. */
function detached(text: string): string {
  return JSON.parse(JSON.stringify(text)) as string; // a string stays a string
}
