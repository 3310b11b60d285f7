import type { CommandReply } from '../actors/envelope.ts';
import type { Command, NewSession, Opening, Wanted } from '../domain/command.ts';
import { assertClaim, claimOf, ownerOf } from '../domain/owner.ts';
import type { JsonObject } from '../domain/json.ts';
import { missingOf } from '../domain/opening.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { ParsedSessionOptions } from './session-options.ts';

/** What a reply tells of the session. */
type ReplyNews = Pick<CommandReply, 'lifeId' | 'systemPrompt'>;

/** What the options of one caller want of a session, how far that is met, and what the caller knows of the session. */
export class SessionWishes {
  readonly #options: ParsedSessionOptions;
  readonly #claim: JsonObject | null;
  #isKnown = false;
  #lifeId: string | undefined;
  #isCreator = false;
  #isMerged = false;
  /** A command is under way that brings what the options name. */
  #isBringing = false;
  /** The prompt to bring to the session; null when there is none, or a later one was set. */
  #wantedPrompt: string | null;
  #systemPrompt: string | null;

  constructor(options: ParsedSessionOptions) {
    this.#options = options;
    this.#claim = claimOf(options.properties);
    this.#wantedPrompt = options.systemPrompt;
    this.#systemPrompt = options.systemPrompt;
  }

  /** Whether the session is known to have been there. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether the prompt and the properties that the options name are in the session. */
  get isMerged(): boolean {
    return this.#isMerged;
  }

  /** Whether somebody has to bring what the options name, and nobody is about to. */
  get isWanting(): boolean {
    return !this.#isMerged && !this.#isBringing;
  }

  /** True until the session is known to have existed before. */
  get isNew(): boolean {
    return this.#isCreator || !this.#isKnown;
  }

  /** The system prompt as far as it is known. */
  get systemPrompt(): string | null {
    return this.#systemPrompt;
  }

  /** What the options say about whose session it is; null when they say nothing that still counts. */
  get claim(): JsonObject | null {
    const claim = this.#claim;
    // What is in the session already is wanted no more, except that it is the owner's.
    return claim !== null && this.#isMerged && ownerOf(claim) === null ? null : claim;
  }

  /**
   * Refuses a session that belongs to somebody else than the options say.
   * @throws INVALID_SESSION_OPERATION
   */
  assertOwner({ properties: ofSession, sessionId }: SessionState): void {
    const { claim } = this;
    if (claim !== null) assertClaim({ ofSession, claim }, { operation: 'open', sessionId });
  }

  /** The life of the session that this caller knows; undefined while it knows none. */
  get lifeId(): string | undefined {
    return this.#lifeId;
  }

  /** Whether a session is the one this caller knows, and not another that took its id since. */
  isMeant({ lifeId }: SessionState): boolean {
    return this.#lifeId === undefined || this.#lifeId === lifeId;
  }

  /** The session is there, and was so when this caller looked. */
  learn(state: SessionState): void {
    this.#isKnown = true;
    this.#lifeId = state.lifeId;
    this.#systemPrompt = this.#wantedPrompt ?? state.systemPrompt;
  }

  /** As {@link learn} from a reply, which tells of the prompt only when it was asked for that. */
  learnFrom({ lifeId, systemPrompt }: ReplyNews): void {
    this.#isKnown = true;
    this.#lifeId = lifeId;
    if (systemPrompt !== undefined) this.#systemPrompt = this.#wantedPrompt ?? systemPrompt;
  }

  /** The session was created by this caller, with all that the options name. */
  noteCreated(): void {
    this.#isCreator = true;
    this.#isMerged = true;
    this.#wantedPrompt = null;
  }

  /** A session that was there has by now what the options name. */
  noteMerged(systemPrompt: string | null): void {
    this.#isMerged = true;
    this.#systemPrompt = this.#wantedPrompt ?? systemPrompt;
    this.#wantedPrompt = null;
  }

  /** Another prompt is being set than the options name, so nobody may bring theirs behind it. */
  takePrompt(): string | null {
    const wanted = this.#wantedPrompt;
    this.#wantedPrompt = null;
    return wanted;
  }

  /** Setting the other prompt failed; where the session has a prompt by now, that one stays. */
  returnPrompt(wanted: string | null): void {
    if (!this.#isMerged) this.#wantedPrompt ??= wanted;
  }

  /**
   * A session that was read, as the caller sees it, whether what the options name is stored already or not. Its prompt is the latest
   * that this caller knows of.
   */
  overlay(state: SessionState): SessionState {
    if (this.#isKnown && this.isMeant(state))
      this.#systemPrompt = this.#wantedPrompt ?? state.systemPrompt;
    if (this.#isMerged) return state;
    return {
      ...state,
      systemPrompt: this.#wantedPrompt ?? state.systemPrompt,
      properties: { ...state.properties, ...this.#options.properties },
    };
  }

  /** Whether a session that is there has what the options name. */
  isMet(state: SessionState): boolean {
    const missing = missingOf(state, this.#wanted(''));
    return !missing.properties && !missing.systemPrompt;
  }

  /** What has to be done to a session that is there, so that it has what the options name. */
  missing(state: SessionState, model: string): readonly Command[] {
    const { properties, systemPrompt } = this.#wanted(model);
    const missing = missingOf(state, { properties, systemPrompt });
    const commands: Command[] = [];
    if (missing.systemPrompt)
      commands.push({ type: 'set-system-prompt', systemPrompt, model, create: null });
    if (missing.properties)
      commands.push({ type: 'change-properties', change: { set: properties, remove: [] } });
    return commands;
  }

  /**
   * What a command is to bring along. Of commands under way at once only the first brings what the options name, or a later
   * one would undo what one in between has changed; {@link settle} says what became of it.
   */
  open(create: NewSession | null, modelOf: () => string): Opening {
    const wanted = this.isWanting ? this.#wanted(modelOf()) : null;
    if (wanted !== null) this.#isBringing = true;
    return { create, wanted };
  }

  /** What became of the command that brought an opening: its reply, or null when nothing was brought. */
  settle({ wanted }: Opening, reply: ReplyNews | null): void {
    if (wanted === null) return;
    this.#isBringing = false;
    if (reply !== null) this.noteMerged(reply.systemPrompt ?? null);
  }

  /** The session to create when there is none. */
  newSession(model: string): NewSession {
    const { parentId, properties } = this.#options;
    return { parentId, fork: null, properties, systemPrompt: this.#wantedPrompt, model };
  }

  #wanted(model: string): Wanted {
    return { properties: this.#options.properties, systemPrompt: this.#wantedPrompt, model };
  }
}
