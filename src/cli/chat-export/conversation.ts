import type { ExportedMessage } from './exported-message.ts';
import type { Place } from './place.ts';

/** A conversation of an export, before names and defaults are settled. */
export interface ExportedConversation {
  readonly place: Place;
  /** What the export calls it; null when it does not. */
  readonly id: string | null;
  readonly tenant: string | null;
  readonly userId: string | null;
  /** The model of its answers where they name none. */
  readonly model: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly messages: readonly ExportedMessage[];
  /** Other ways the conversation went, each after one it branches from. */
  readonly branches: readonly Branch[];
}

/** Another way a conversation went from some message on. */
export interface Branch {
  /** Counts from 1, in the order of the export. */
  readonly number: number;
  readonly from: BranchPoint;
  readonly messages: readonly ExportedMessage[];
}

/** The last message that a branch shares with what it branches from. */
export interface BranchPoint {
  /** The number of the branch; 0 is the conversation itself. */
  readonly branch: number;
  /** Index among that one's own messages. */
  readonly message: number;
}
