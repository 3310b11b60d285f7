import type { MessagePort } from 'node:worker_threads';
import type { Command } from '../../domain/command.ts';
import type { SessionKey } from '../../domain/ids.ts';
import type { SessionState } from '../../domain/session-state.ts';
import type { AppendParams, AppendResult, Store } from '../../store/store.ts';
import type { ResumedCommit } from '../commit-resume.ts';
import type { CallOptions, CommandReply, Freshness } from '../envelope.ts';
import type { WireError } from './wire-error.ts';

// Everything that threads say to each other is plain data. Both sides import it from here.

/** What of the options of a call crosses: a signal stays where it is, and becomes a message when it is aborted. */
export type WireOptions = Omit<CallOptions, 'signal' | 'ticket'>;

/** The calls that cross to where a store lives; closing it is for whoever opened it. */
export type RemoteMethod = Exclude<keyof Store, keyof StoreTraits | 'isEncrypted' | 'close'>;

/** A call to the store where it lives, and what it was answered. */
export interface StoreCall {
  readonly kind: 'store-call';
  readonly call: number;
  readonly method: RemoteMethod;
  readonly params: unknown;
}

/** What a store answered. */
export type StoreAnswer =
  | { readonly kind: 'store-value'; readonly call: number; readonly value: unknown }
  | { readonly kind: 'store-error'; readonly call: number; readonly error: WireError };

/** What a shard in a worker is told. */
export type ToWorker =
  | {
      readonly kind: 'execute';
      readonly id: number;
      readonly key: SessionKey;
      readonly command: Command;
      readonly options: WireOptions;
      readonly isAbortable: boolean;
    }
  | {
      readonly kind: 'read';
      readonly id: number;
      readonly key: SessionKey;
      readonly freshness: Freshness;
      readonly options: WireOptions;
      readonly isAbortable: boolean;
    }
  | { readonly kind: 'resume'; readonly id: number; readonly append: AppendParams }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'forget'; readonly key: SessionKey }
  | { readonly kind: 'forget-tenant'; readonly tenant: string }
  | StoreAnswer
  /** The answer to an append that came right behind what its commit was decided on. */
  | { readonly kind: 'recorded'; readonly call: number; readonly result: RecordedAppend }
  | { readonly kind: 'close'; readonly deadlineMs: number };

/** What crosses as it is. */
export type PlainMessage = Exclude<ToWorker, { readonly kind: 'recorded' }>;

/** An append that is in the log. */
export type RecordedAppend = Extract<AppendResult, { readonly kind: 'ok' }>;

/** Several messages to a worker at once. */
export interface MainBatch {
  /** See `packRecorded`. */
  readonly recorded: readonly unknown[];
  /** The others in their order; a text is calls, see `packCall`. */
  readonly parts: readonly (string | PlainMessage)[];
}

/** What it says. Whatever has an `id` answers the call of that id, and is the last that is said of it. */
export type ToMain =
  | { readonly kind: 'ready'; readonly owner: number }
  | { readonly kind: 'reply'; readonly id: number; readonly reply: CommandReply }
  | { readonly kind: 'state'; readonly id: number; readonly state: SessionState | null }
  | { readonly kind: 'resumed'; readonly id: number; readonly commit: ResumedCommit }
  | { readonly kind: 'failure'; readonly id: number; readonly error: WireError }
  | StoreCall
  | { readonly kind: 'warning'; readonly code: string; readonly message: string }
  | { readonly kind: 'closed' };

/** Several messages of a worker at once. */
export interface WorkerBatch {
  /** Batches that were taken in since the one before. */
  readonly taken: number;
  /** Commits that are about to be made, see `packAppend`. Before the messages. */
  readonly announced: readonly unknown[];
  /** Calls of announced commits that came to what was expected. */
  readonly confirmed: readonly number[];
  readonly messages: readonly ToMain[];
}

/** What a worker is started with; `Settings` says how its shard is built. */
export interface ShardTask<Settings = unknown> {
  readonly port: MessagePort;
  /** See `Vitals`. */
  readonly vitals: SharedArrayBuffer;
  readonly heartbeatMs: number;
  readonly settings: Settings;
}

/** What of a store does not change, so that it need not be asked for. */
export type StoreTraits = Pick<Store, 'backend' | 'durability' | 'isShared'>;
