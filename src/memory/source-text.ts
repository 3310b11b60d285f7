import { TokenLimitExceeded } from '../domain/errors.ts';
import { escapeMarkup } from '../domain/summary-note.ts';
import { type PromptCounting, textTokens } from './message-tokens.ts';
import { cutText } from './shorten-messages.ts';

/** A text that a request quotes inside a tag; tag and attributes are our own words. */
export interface SourceText {
  readonly tag: string;
  readonly attributes: string;
  readonly text: string;
}

/** How texts are divided. */
export interface DivideOptions {
  /** Tokens that the blocks of one part may take together. */
  readonly room: number;
  /** How many blocks fit a part at least: with 1 a longer text is split over parts, with more it is shortened. */
  readonly minPerPart: number;
  readonly counting: PromptCounting;
}

/** With less room than this a part would hold more tags than text. */
const MIN_BLOCK_TOKENS = 64;

/** A piece of text is not cut back to whole words below this share of its length. */
const MIN_FILLED = 0.75;

/**
 * Texts as tagged blocks, gathered in order into parts that take at most `room` tokens each; one empty part without texts.
 * @throws TOKEN_LIMIT_EXCEEDED when the room is too small for anything.
 */
export function divideSources(
  sources: readonly SourceText[],
  { room, minPerPart, counting }: DivideOptions,
): readonly (readonly string[])[] {
  const blockRoom = Math.floor(room / minPerPart);
  if (blockRoom < MIN_BLOCK_TOKENS) throw tooSmall(blockRoom, MIN_BLOCK_TOKENS);
  let part: string[] = [];
  const parts = [part];
  let left = room;
  for (const source of sources) {
    const blocks =
      minPerPart > 1
        ? [shortBlock(source, blockRoom, counting)]
        : splitBlocks(source, blockRoom, counting);
    for (const block of blocks) {
      const tokens = blockTokens(block, counting);
      if (tokens > left && part.length > 0) {
        part = [];
        parts.push(part);
        left = room;
      }
      part.push(block);
      left -= tokens;
    }
  }
  return parts;
}

/** The error for a limit that leaves no room to say anything. */
export function tooSmall(limit: number, needed: number): TokenLimitExceeded {
  return new TokenLimitExceeded({ limit, actual: Math.max(needed, limit + 1) });
}

/** The text as one block of at most `maxTokens`, or as several. */
function splitBlocks(
  source: SourceText,
  maxTokens: number,
  counting: PromptCounting,
): readonly string[] {
  const { counter, model } = counting;
  const whole = toBlock(source, escapeMarkup(source.text));
  if (blockTokens(whole, counting) <= maxTokens) return [whole];
  const room = maxTokens - frameTokens(source, counting);
  const blocks: string[] = [];
  let rest = escapeMarkup(source.text);
  while (rest !== '') {
    const piece = wholeWords(counter.truncateText(rest, { model, maxTokens: room }), rest);
    if (piece === '') throw tooSmall(room, textTokens(rest, counting));
    blocks.push(toBlock(source, piece));
    rest = rest.slice(piece.length);
  }
  return blocks;
}

/** The piece up to its last white space, unless that is far from its end: better a short piece than half a word. */
function wholeWords(piece: string, text: string): string {
  if (piece.length === text.length) return piece;
  const end = piece.search(/\s\S*$/);
  return end < piece.length * MIN_FILLED ? piece : piece.slice(0, end + 1);
}

function shortBlock(source: SourceText, maxTokens: number, counting: PromptCounting): string {
  const room = maxTokens - frameTokens(source, counting);
  return toBlock(source, cutText(escapeMarkup(source.text), room, counting));
}

function toBlock({ tag, attributes }: SourceText, escapedText: string): string {
  return `<${tag}${attributes}>\n${escapedText}\n</${tag}>`;
}

function frameTokens(source: SourceText, counting: PromptCounting): number {
  return blockTokens(toBlock(source, ''), counting) + 1;
}

/** One more for the line break that joins the block to the next. */
function blockTokens(block: string, counting: PromptCounting): number {
  return textTokens(block, counting) + 1;
}
