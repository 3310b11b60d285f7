import type { CommandReply } from '../actors/envelope.ts';
import type { Command, NewSession, Opening, Wanted } from '../domain/command.ts';
import { assertClaim, claimOf, OWNER_NAMES, ownerOf } from '../domain/owner.ts';
import type { JsonObject } from '../domain/json.ts';
import { missingOf } from '../domain/opening.ts';
import type { SessionState } from '../domain/session-state.ts';
import type { ParsedSessionOptions } from './session-options.ts';
import { type OptionName, PROMPT, UnmetOptions } from './unmet-options.ts';

/** What a reply tells of the session. */
type ReplyNews = Pick<CommandReply, 'lifeId' | 'systemPrompt'>;

/** What the options of one caller want of a session, how far that is met, and what the caller knows of the session. */
export class SessionWishes {
  readonly #options: ParsedSessionOptions;
  readonly #claim: JsonObject | null;
  #isKnown = false;
  #lifeId: string | undefined;
  #isCreator = false;
  /** A command is under way that brings what the options name. */
  #isBringing = false;
  readonly #unmet: UnmetOptions;
  #systemPrompt: string | null;

  constructor(options: ParsedSessionOptions) {
    this.#options = options;
    this.#claim = claimOf(options.properties);
    this.#unmet = new UnmetOptions(options);
    this.#systemPrompt = options.systemPrompt;
  }

  /** Whether the session is known to have been there. */
  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** Whether somebody has to bring what the options name, and nobody is about to. */
  get isWanting(): boolean {
    return !this.#isBringing && this.#unmet.isWanting;
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
    if (claim === null || ownerOf(claim) !== null) return claim;
    // That it is nobody's is wanted no more once it was brought: it may have become somebody's since.
    return Object.keys(claim).every((name) => this.#unmet.isMet(name)) ? null : claim;
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
    this.#systemPrompt = this.#unmet.systemPrompt ?? state.systemPrompt;
  }

  /** As {@link learn} from a reply, which tells of the prompt only when it was asked for that. */
  learnFrom({ lifeId, systemPrompt }: ReplyNews): void {
    this.#isKnown = true;
    this.#lifeId = lifeId;
    if (systemPrompt !== undefined) this.#systemPrompt = this.#unmet.systemPrompt ?? systemPrompt;
  }

  /** The session was created by this caller, with the properties that the options name, and with their prompt unless that was being changed. */
  noteCreated({ systemPrompt = null }: ReplyNews): void {
    this.#isCreator = true;
    const { properties, systemPrompt: wanted } = this.#options;
    this.#unmet.meet({ properties, systemPrompt: systemPrompt === wanted ? wanted : null });
  }

  /** Whether a session that is there has what the options name, which is wanted no more then. */
  meetIn(state: SessionState): boolean {
    const wanted = this.#wanted('');
    const missing = missingOf(state, wanted);
    if (missing.properties || missing.systemPrompt) return false;
    this.#unmet.meet(wanted);
    return true;
  }

  /**
   * Sends a command of this caller's own; what it changes nobody may bring from the options behind it. Where it fails, what the options
   * name is wanted again unless the session got it meanwhile.
   */
  async replacing<T>(command: Command, send: () => Promise<T>): Promise<T> {
    return this.#unmet.replace(this.#changedBy(command), send);
  }

  /**
   * A session that was read, as the caller sees it, whether what the options name is stored already or not. Its prompt is the latest
   * that this caller knows of.
   */
  overlay(state: SessionState): SessionState {
    if (this.#isKnown && this.isMeant(state))
      this.#systemPrompt = this.#unmet.systemPrompt ?? state.systemPrompt;
    if (!this.#unmet.isWanting) return state;
    return {
      ...state,
      systemPrompt: this.#unmet.systemPrompt ?? state.systemPrompt,
      properties: { ...state.properties, ...this.#unmet.properties },
    };
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
    if (reply === null) return;
    this.#unmet.meet(wanted);
    this.#systemPrompt = this.#unmet.systemPrompt ?? reply.systemPrompt ?? null;
  }

  /** The session to create when there is none. */
  newSession(model: string): NewSession {
    const { parentId, properties } = this.#options;
    return { parentId, fork: null, properties, systemPrompt: this.#unmet.systemPrompt, model };
  }

  #wanted(model: string): Wanted {
    const { properties, systemPrompt } = this.#unmet;
    return { properties, systemPrompt, model };
  }

  #changedBy(command: Command): readonly OptionName[] {
    if (command.type === 'set-system-prompt') return [PROMPT];
    if (command.type !== 'change-properties') return [];
    const { set, remove } = command.change;
    const names = [...Object.keys(set), ...remove];
    // Whose session it is stays wanted, so that a change to another user is refused.
    const isOwned = this.#claim !== null && ownerOf(this.#claim) !== null;
    return isOwned ? names.filter((name) => !isOwnerName(name)) : names;
  }
}

function isOwnerName(name: string): boolean {
  return OWNER_NAMES.some((ownerName) => ownerName === name);
}
