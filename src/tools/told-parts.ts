import { callIdsOf, idsOfResult, isApprovalRequest, requestedId } from './answered-calls.ts';
import { callPartOf, toolNameOf } from './call-part.ts';

/** Stands for the name of any tool. */
const ANY = Symbol('any');

/**
 * The parts of an answer's messages, from which calls are taken out that a later message answers. Places are kept by ids and names, since an
 * answer of many steps has thousands of both.
 */
export class ToldParts {
  readonly #parts: unknown[] = [];
  readonly #taken = new Set<number>();
  readonly #calls = new Places();
  readonly #requests = new Places();
  readonly #named = new Places();
  /** Of calls without an id. */
  readonly #unmarked = new Places();

  /** Whether nothing was told, or all of it is taken out. */
  get isEmpty(): boolean {
    return this.#taken.size === this.#parts.length;
  }

  /** What is left, in its order. */
  left(): readonly unknown[] {
    return this.#parts.filter((_, place) => !this.#taken.has(place));
  }

  /** Adds a part behind all others. */
  add(part: unknown): void {
    const place = this.#parts.push(part) - 1;
    if (isApprovalRequest(part)) this.#requests.note([requestedId(part)], place);
    const call = callPartOf(part);
    if (call === null) return;
    const ids = callIdsOf(part);
    this.#calls.note(new Set(ids), place);
    const names = [ANY, toolNameOf(call)];
    this.#named.note(names, place);
    if (ids.length === 0) this.#unmarked.note(names, place);
  }

  /** Takes the latest call out that a result answers, and with it what asks whether it may run. */
  takeOut(result: unknown): void {
    const ids = idsOfResult(result);
    const place = Math.max(-1, ...ids.map((id) => this.#calls.latest(id, this.#taken) ?? -1));
    if (place === -1) return;
    this.#taken.add(place);
    const requests = ids.map((id) => this.#requests.firstFrom(id, place, this.#taken) ?? Infinity);
    const request = Math.min(...requests);
    if (Number.isFinite(request)) this.#taken.add(request);
  }

  /**
   * Takes out the first call that has the name of a result, or any name where the result has none (null); rather one without an id,
   * though there are interfaces, Ollama's among them, whose calls have ids that their results do not name.
   */
  takeOutNamed(name: unknown): void {
    const key = name ?? ANY;
    const place = this.#unmarked.first(key, this.#taken) ?? this.#named.first(key, this.#taken);
    if (place !== null) this.#taken.add(place);
  }
}

/** Places by what stands there. Those that are taken are forgotten where they are met, so that each is met once. */
class Places {
  readonly #places = new Map<unknown, { first: number; readonly all: number[] }>();

  note(keys: Iterable<unknown>, place: number): void {
    for (const key of keys) {
      const known = this.#places.get(key);
      if (known === undefined) this.#places.set(key, { first: 0, all: [place] });
      else known.all.push(place);
    }
  }

  latest(key: unknown, taken: ReadonlySet<number>): number | null {
    const all = this.#places.get(key)?.all ?? [];
    for (let place = all.at(-1); place !== undefined; place = all.at(-1)) {
      if (!taken.has(place)) return place;
      all.pop();
    }
    return null;
  }

  first(key: unknown, taken: ReadonlySet<number>): number | null {
    const places = this.#places.get(key);
    if (places === undefined) return null;
    for (; places.first < places.all.length; places.first += 1) {
      const place = places.all[places.first];
      if (place !== undefined && !taken.has(place)) return place;
    }
    return null;
  }

  firstFrom(key: unknown, from: number, taken: ReadonlySet<number>): number | null {
    const all = this.#places.get(key)?.all ?? [];
    return all.find((place) => place >= from && !taken.has(place)) ?? null;
  }
}
