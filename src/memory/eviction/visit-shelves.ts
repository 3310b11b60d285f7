import { AGE_COUNT, ageEndMs } from './return-model.ts';
import type { ReturnModel } from './return-model.ts';
import { CLASS_COUNT } from './visit-class.ts';
import { VisitList } from './visit.ts';
import type { Visit } from './visit.ts';

interface Cell {
  readonly visitClass: number;
  readonly age: number;
  /** Visits with pages in memory. */
  readonly residents: VisitList;
  /** Visits that are only remembered, to learn from their return. */
  readonly ghosts: VisitList;
}

/** Visits by class and age, so that what is least likely to be used soon is found without looking at all of them. */
export class VisitShelves {
  readonly #model: ReturnModel;
  readonly #cells: readonly Cell[];
  /** The cells, those with the lowest rate of return first. */
  #byRate: readonly Cell[];

  constructor(model: ReturnModel) {
    this.#model = model;
    this.#cells = Array.from({ length: CLASS_COUNT * AGE_COUNT }, (_, index) => ({
      visitClass: Math.floor(index / AGE_COUNT),
      age: index % AGE_COUNT,
      residents: new VisitList(),
      ghosts: new VisitList(),
    }));
    this.#byRate = this.#cells;
    this.sort();
  }

  /** Puts a visit where its class and age belong. */
  place(visit: Visit): void {
    const cell = this.#cells[visit.visitClass * AGE_COUNT + visit.age];
    if (visit.residentCount > 0) cell?.residents.append(visit);
    else cell?.ghosts.append(visit);
  }

  /** Lets all visits get older. A visit passes every step of age once, so this is cheap in the long run. */
  advance(nowMs: number): void {
    for (const { residents, ghosts } of this.#cells) {
      this.#advanceList(residents, nowMs);
      this.#advanceList(ghosts, nowMs);
    }
  }

  /** Brings the age of one visit up to date. */
  advanceVisit(visit: Visit, nowMs: number): void {
    while (nowMs - visit.lastMs >= ageEndMs(visit.age)) {
      visit.age += 1;
      this.#model.recordReached(visit.visitClass, visit.age);
    }
  }

  /** To be called when the rates have changed. */
  sort(): void {
    const rate = ({ visitClass, age }: Cell): number => this.#model.rateOf(visitClass, age);
    this.#byRate = this.#cells.toSorted((left, right) => rate(left) - rate(right));
  }

  /** The visit with pages in memory whose return is worth least, of equal ones the oldest. */
  findVictim(): Visit | null {
    for (const { residents } of this.#byRate) {
      if (residents.oldest !== null) return residents.oldest;
    }
    return null;
  }

  #advanceList(list: VisitList, nowMs: number): void {
    for (let visit = list.oldest; visit !== null; visit = list.oldest) {
      if (nowMs - visit.lastMs < ageEndMs(visit.age)) return;
      list.remove(visit);
      this.advanceVisit(visit, nowMs);
      this.place(visit);
    }
  }
}
