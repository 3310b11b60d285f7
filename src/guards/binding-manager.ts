import { InvalidInput } from '../domain/errors.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import { argumentTextHash } from './call-facts.ts';
import { referenceNames, resolveOffered, resolveReferences } from './reference.ts';
import type { ResolvedArguments } from './reference.ts';
import { classifyValueType, formatBinding, numberOf, typedValue } from './value-binding.ts';
import type { ValueBinding } from './value-binding.ts';

/** A value to be named. */
export interface BindRequest {
  readonly toolName: string;
  readonly arguments: JsonObject;
  readonly value: JsonValue;
  readonly aliases?: readonly string[] | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** Bounds of what is held. */
export interface BindingLimits {
  /** Bindings at most; the oldest go. Default 256. */
  readonly maxBindings?: number | undefined;
  /** Characters of a value's JSON at most. Default 65,536. */
  readonly maxValueLength?: number | undefined;
  /** Lines of a text for a model at most, the newest. Default 20. */
  readonly maxLines?: number | undefined;
}

/** All bindings as plain data. */
export interface BindingState {
  readonly nextNumber: number;
  readonly bindings: readonly ValueBinding[];
}

const ALIAS = /^[\p{L}_][\p{L}\p{N}_]{0,63}$/u;
const ID = /^v\d+$/i;
const MAX_ALIASES = 8;
const MAX_USES = 20;
const MAX_GONE = 1_024;
const RELATIVE_TOLERANCE = 1e-4;
const SMALLEST_COMPARED = 1e-10;
const UNUSED_NAMED = 5;
const HEADING = '**Available values (reference them as $vN):**';

/** Values that tools gave, under names that a model can write in later calls. */
export class BindingManager {
  readonly #limits: { readonly [Name in keyof BindingLimits]-?: number };
  readonly #bindings = new Map<string, ValueBinding>();
  readonly #idOfAlias = new Map<string, string>();
  /** The bindings that are numbers: guards look for numbers at every call, and most values are none. */
  readonly #numbers = new Map<string, number>();
  /** Those of them that were never used. */
  readonly #unusedNumbers = new Map<string, number>();
  #nextNumber = 1;
  /** The ids of the bindings in their order; before {@link BindingManager.#first} those that left. */
  #ids: string[] = [];
  #first = 0;

  constructor(limits: BindingLimits = {}) {
    this.#limits = {
      maxBindings: limits.maxBindings ?? 256,
      maxValueLength: limits.maxValueLength ?? 65_536,
      maxLines: limits.maxLines ?? 20,
    };
  }

  /** How many values are held. */
  get size(): number {
    return this.#bindings.size;
  }

  /** The number that the next binding's id will have. */
  get nextNumber(): number {
    return this.#nextNumber;
  }

  /** Whether a value is small enough to be held; `text` is its JSON, where that was made already. */
  canBind(value: JsonValue, text: string = JSON.stringify(value)): boolean {
    return text.length <= this.#limits.maxValueLength;
  }

  /**
   * Names a value. An alias that another binding had is taken over from it.
   * @throws INVALID_INPUT for a value beyond the limit, or an alias that no reference could name.
   */
  bind(request: BindRequest): ValueBinding {
    if (!this.canBind(request.value)) {
      const expected = `at most ${this.#limits.maxValueLength} characters of JSON`;
      throw new InvalidInput({ field: 'value', expected });
    }
    return this.bindFitting(request);
  }

  /**
   * As {@link BindingManager.bind} for a value of which {@link BindingManager.canBind} was asked.
   * @throws INVALID_INPUT for an alias that no reference could name.
   */
  bindFitting({
    toolName,
    arguments: args,
    value,
    aliases = [],
    nowMs,
  }: BindRequest): ValueBinding {
    for (const alias of aliases) assertAlias(alias);
    const binding: ValueBinding = {
      id: `v${this.#nextNumber}`,
      toolName,
      argumentsHash: argumentTextHash(args),
      value,
      valueType: classifyValueType(value),
      createdAtMs: nowMs,
      aliases: [],
      isUsed: false,
      usedIn: [],
    };
    this.#nextNumber += 1;
    this.#keep(binding);
    for (const alias of aliases) this.addAlias(binding.id, alias);
    this.#dropExcess();
    return this.#bindings.get(binding.id) ?? binding;
  }

  /** The binding of that id or alias, without the dollar sign; null when there is none. */
  get(name: string): ValueBinding | null {
    return this.#bindings.get(name) ?? this.#bindings.get(this.#idOfAlias.get(name) ?? '') ?? null;
  }

  /**
   * Gives a binding one more name; false when there is no such binding, or it has its eight names already.
   * @throws INVALID_INPUT for a name that no reference could use, or that has the form of an id.
   */
  addAlias(id: string, alias: string): boolean {
    assertAlias(alias);
    const binding = this.#bindings.get(id);
    if (binding === undefined) return false;
    if (binding.aliases.includes(alias)) return true;
    if (binding.aliases.length >= MAX_ALIASES) return false;
    this.#removeAlias(alias);
    this.#idOfAlias.set(alias, id);
    this.#bindings.set(id, { ...binding, aliases: [...binding.aliases, alias] });
    return true;
  }

  /** Notes that a binding was used somewhere; an unknown name makes no difference. */
  markUsed(name: string, usedIn: string): void {
    const binding = this.get(name);
    if (binding === null) return;
    const places = binding.usedIn.includes(usedIn)
      ? binding.usedIn
      : [...binding.usedIn, usedIn].slice(-MAX_USES);
    this.#bindings.set(binding.id, { ...binding, isUsed: true, usedIn: places });
    this.#unusedNumbers.delete(binding.id);
  }

  /** All bindings, the oldest first. */
  all(): readonly ValueBinding[] {
    return [...this.#bindings.values()];
  }

  /** The numbers among the values. */
  numericValues(): ReadonlySet<number> {
    return new Set(this.#numbers.values());
  }

  /** The numbers among the values by id, the oldest first. */
  numbersById(): ReadonlyMap<string, number> {
    return this.#numbers;
  }

  /** As {@link BindingManager.numbersById}, of those that were never used. */
  unusedNumbersById(): ReadonlyMap<string, number> {
    return this.#unusedNumbers;
  }

  /** The ids of the latest bindings, so many at most, the oldest of them first. */
  latestIds(count: number): readonly string[] {
    return this.#ids.slice(Math.max(this.#first, this.#ids.length - count));
  }

  /** The oldest binding whose number is the value, or within a relative 0.0001 of it; null when there is none. */
  findByValue(value: number, tolerance: number = RELATIVE_TOLERANCE): ValueBinding | null {
    for (const [id, number] of this.#numbers) {
      if (areNear(number, value, tolerance)) return this.get(id);
    }
    return null;
  }

  /** Arguments with values in the place of references; changes nothing here. */
  resolveReferences(argumentsOfCall: JsonObject): ResolvedArguments {
    return resolveReferences(argumentsOfCall, (name) => this.#valueOf(name));
  }

  /** Arguments that a guard offers, with values in the place of its own references; those before are resolved already. */
  resolveOffered(offered: JsonObject, before: JsonObject): JsonObject {
    return resolveOffered(offered, before, (name) => this.#valueOf(name));
  }

  /** Whether a text or any value refers to a binding that is held. */
  isReferredToBy(text: string): boolean {
    return referenceNames(text).some((name) => this.get(name) !== null);
  }

  /** Bindings that were never used. */
  unused(): readonly ValueBinding[] {
    return this.all().filter(({ isUsed }) => !isUsed);
  }

  /** The values in lines for a model, the newest ones; empty when there are none. */
  formatForModel(): string {
    if (this.size === 0 || this.#limits.maxLines === 0) return '';
    const shown = this.all().slice(-this.#limits.maxLines);
    const left = this.size - shown.length;
    const more = left === 0 ? [] : [`  (${left} earlier values are not listed)`];
    const lines = shown.map(
      (binding) => `  ${binding.isUsed ? '✓' : '○'} ${formatBinding(binding)}`,
    );
    return [HEADING, ...more, ...lines].join('\n');
  }

  /** Asks a model to use what was computed; names five values and counts the others. Empty when all were used. */
  formatUnusedWarning(): string {
    const ids = this.unused().map(({ id }) => `$${id}`);
    if (ids.length === 0) return '';
    const more = ids.length > UNUSED_NAMED ? ` (+${ids.length - UNUSED_NAMED} more)` : '';
    const named = ids.slice(0, UNUSED_NAMED).join(', ');
    return `Computed and not used: ${named}${more}. Use these values, or say why they are not needed.`;
  }

  /** Forgets the values. Their ids stay taken: in what was said before they still mean what they meant. */
  clear(): void {
    this.#ids = [];
    this.#first = 0;
    this.#bindings.clear();
    this.#idOfAlias.clear();
    this.#numbers.clear();
    this.#unusedNumbers.clear();
  }

  /** All of it as plain data. */
  toState(): BindingState {
    return { nextNumber: this.#nextNumber, bindings: this.all() };
  }

  /** Bindings from what {@link BindingManager.toState} gave. */
  static fromState(state: BindingState, limits: BindingLimits = {}): BindingManager {
    const manager = new BindingManager(limits);
    manager.#nextNumber = state.nextNumber;
    for (const binding of state.bindings) {
      manager.#keep(binding);
      for (const alias of binding.aliases) manager.#idOfAlias.set(alias, binding.id);
    }
    manager.#dropExcess();
    return manager;
  }

  #keep(binding: ValueBinding): void {
    this.#ids.push(binding.id);
    this.#bindings.set(binding.id, binding);
    const number = numberOf(binding);
    if (number === null) return;
    this.#numbers.set(binding.id, number);
    if (!binding.isUsed) this.#unusedNumbers.set(binding.id, number);
  }

  #valueOf(name: string): JsonValue | undefined {
    const binding = this.get(name);
    return binding === null ? undefined : typedValue(binding);
  }

  #removeAlias(alias: string): void {
    const id = this.#idOfAlias.get(alias);
    const owner = id === undefined ? undefined : this.#bindings.get(id);
    if (owner === undefined) return;
    const aliases = owner.aliases.filter((name) => name !== alias);
    this.#bindings.set(owner.id, { ...owner, aliases });
  }

  #dropExcess(): void {
    // By the list, since to look for the first key of a map from which first keys were deleted means to walk over the gaps.
    while (this.size > this.#limits.maxBindings) {
      const id = this.#ids[this.#first] ?? '';
      this.#first += 1;
      const binding = this.#bindings.get(id);
      if (binding === undefined) continue;
      this.#bindings.delete(id);
      this.#numbers.delete(id);
      this.#unusedNumbers.delete(id);
      for (const alias of binding.aliases) this.#idOfAlias.delete(alias);
    }
    if (this.#first <= MAX_GONE) return;
    this.#ids = this.#ids.slice(this.#first);
    this.#first = 0;
  }
}

/** Whether two numbers are equal, or closer to each other than a share of the larger one; numbers near zero have to be equal. */
function areNear(left: number, right: number, tolerance: number): boolean {
  if (left === right) return true;
  const [leftSize, rightSize] = [Math.abs(left), Math.abs(right)];
  if (leftSize <= SMALLEST_COMPARED || rightSize <= SMALLEST_COMPARED) return false;
  return Math.abs(left - right) / Math.max(leftSize, rightSize) < tolerance;
}

function assertAlias(alias: string): void {
  if (ALIAS.test(alias) && !ID.test(alias)) return;
  const expected =
    'a name of letters, digits and underscores that has not the form of an id such as v1';
  throw new InvalidInput({ field: 'aliases', expected });
}
