import type { PageLevel } from '../../domain/page.ts';
import type { VmMode } from '../../domain/paging-policy.ts';
import type { ChatMessage } from '../chat-message.ts';
import { fnvHash } from './fnv-hash.ts';
import type { ChatTool } from './vm-tools.ts';

/** What was sent of one page, or of the pages of one turn. */
export interface ReceiptEntry {
  /** A `line` of a block, or a `turn` as its messages. */
  readonly kind: 'line' | 'turn';
  readonly pageIds: readonly string[];
  readonly level: PageLevel;
  readonly tokens: number;
  /** FNV-1a, 64 bits, of the line or of the messages as JSON. */
  readonly hash: string;
  /** The place of the first message that holds it. */
  readonly message: number;
  readonly messageCount: number;
}

/** What a model was sent: enough to make it again from the log, and to tell whether that came out the same. */
export interface ContextReceipt {
  readonly sessionId: string;
  /** The position in the log up to which the context was made. */
  readonly position: number;
  readonly model: string;
  readonly mode: VmMode;
  /** Tokens of messages and tools together. */
  readonly tokens: number;
  readonly entries: readonly ReceiptEntry[];
  /** Of all messages and tools. */
  readonly hash: string;
}

/** What is compared with a receipt. */
export interface SentContext {
  readonly messages: readonly ChatMessage[];
  readonly tools: readonly ChatTool[];
}

/** Whether a context is the one of a receipt. */
export interface ReceiptCheck {
  /** Whether every byte is the same. */
  readonly isSame: boolean;
  /** Pages that are not there as they were; empty when only instructions, manifest or tools differ. */
  readonly changed: readonly ReceiptEntry[];
}

/** The same as a receipt, to be changed at will. */
export function copyOfReceipt(receipt: ContextReceipt): ContextReceipt {
  return { ...receipt, entries: receipt.entries.map(copyOfEntry) };
}

/** Written out, since a receipt may have thousands of entries and a spread takes much longer. */
function copyOfEntry(entry: ReceiptEntry): ReceiptEntry {
  const { kind, pageIds, level, tokens, hash, message, messageCount } = entry;
  return { kind, pageIds: pageIds.slice(), level, tokens, hash, message, messageCount };
}

/** The hash of a message. */
export function messageHash(message: ChatMessage): string {
  return fnvHash(JSON.stringify(message));
}

/** The hash of messages one after the other, from that of each. */
export function joinedHash(messageHashes: readonly string[]): string {
  return fnvHash(messageHashes.join(' '));
}

/** The hash of a whole context, from the {@link joinedHash} of its messages and that of its tools as JSON. */
export function contextHash(messagesHash: string, toolsHash: string): string {
  return fnvHash(`${messagesHash} ${toolsHash}`);
}

/** Compares a context with the receipt of one that was sent. */
export function verifyReceipt(receipt: ContextReceipt, sent: SentContext): ReceiptCheck {
  const hashes = sent.messages.map(messageHash);
  const toolsHash = fnvHash(JSON.stringify(sent.tools));
  if (contextHash(joinedHash(hashes), toolsHash) === receipt.hash)
    return { isSame: true, changed: [] };
  const lines = new Map<number, ReadonlySet<string>>();
  const changed = receipt.entries.filter((entry) => {
    if (entry.kind === 'turn') {
      const end = entry.message + entry.messageCount;
      return joinedHash(hashes.slice(entry.message, end)) !== entry.hash;
    }
    const known = lines.get(entry.message) ?? lineHashes(sent.messages[entry.message]);
    lines.set(entry.message, known);
    return !known.has(entry.hash);
  });
  return { isSame: false, changed };
}

function lineHashes(message: ChatMessage | undefined): ReadonlySet<string> {
  const content = message?.content;
  return new Set(typeof content === 'string' ? content.split('\n').map(fnvHash) : []);
}
