import { canonicalJson } from '../domain/canonical-json.ts';
import type { JsonObject } from '../domain/json.ts';
import { textHash } from '../domain/text-hash.ts';
import { numbersInArguments } from './argument-numbers.ts';
import type { ArgumentNumber } from './argument-numbers.ts';

/** What guards ask of the same arguments again and again, each found out when it is first asked for. */
export class CallFacts {
  readonly #arguments: JsonObject;
  #text: string | null = null;
  #hash: string | null = null;
  #numbers: readonly ArgumentNumber[] | null = null;

  constructor(argumentsOfCall: JsonObject) {
    this.#arguments = argumentsOfCall;
  }

  /** The same facts of arguments that are equal. */
  of(equal: JsonObject): CallFacts {
    const facts = new CallFacts(equal);
    facts.#text = this.#text;
    facts.#hash = this.#hash;
    facts.#numbers = this.#numbers;
    return facts;
  }

  /** The arguments. */
  get isOf(): JsonObject {
    return this.#arguments;
  }

  /** Their canonical text. */
  get text(): string {
    return (this.#text ??= canonicalJson(this.#arguments));
  }

  /** The hash of their text. */
  get hash(): string {
    return (this.#hash ??= textHash(this.text));
  }

  /** The numbers among them. */
  get numbers(): readonly ArgumentNumber[] {
    return (this.#numbers ??= numbersInArguments(this.#arguments));
  }
}

/** The arguments at work. One pair of hands is enough: what is done with arguments is done without waiting. */
let latest: CallFacts | null = null;

/**
 * Does work during which nobody changes the arguments, so that what guards ask of them is found out once. It is forgotten
 * afterwards, since a caller may change what it was given.
 */
export function withCallFacts<T>(argumentsOfCall: JsonObject, work: () => T): T {
  if (latest?.isOf === argumentsOfCall) return work();
  return withKnownFacts(new CallFacts(argumentsOfCall), work);
}

/** As {@link withCallFacts} with what was found out of the arguments before, or of equal ones. */
export function withKnownFacts<T>(facts: CallFacts, work: () => T): T {
  const before = latest;
  latest = facts;
  try {
    return work();
  } finally {
    latest = before;
  }
}

/** What is known of arguments. */
export function factsOf(argumentsOfCall: JsonObject): CallFacts {
  return latest?.isOf === argumentsOfCall ? latest : new CallFacts(argumentsOfCall);
}

/** The canonical text of the arguments of a call. */
export function argumentText(argumentsOfCall: JsonObject): string {
  return factsOf(argumentsOfCall).text;
}

/** As `argumentsHash`, without making it again for the arguments at work. */
export function argumentTextHash(argumentsOfCall: JsonObject): string {
  return factsOf(argumentsOfCall).hash;
}

/** As {@link numbersInArguments}, without looking for them again in the arguments at work. */
export function argumentNumbers(argumentsOfCall: JsonObject): readonly ArgumentNumber[] {
  return factsOf(argumentsOfCall).numbers;
}
