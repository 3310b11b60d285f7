import fc from 'fast-check';
import { PAGE_ROLES, PAGE_TYPES } from '../../src/domain/page.ts';
import type { PageRole, PageType } from '../../src/domain/page.ts';

/** One call of a memory; `pick` chooses among the pages that are there. */
export type MemoryCommand =
  | {
      readonly kind: 'create';
      readonly text: string;
      readonly pageType: PageType;
      readonly role: PageRole | null;
      readonly sizeTokens: number | undefined;
      readonly importance: number;
      readonly isAdded: boolean;
    }
  | {
      readonly kind: 'add' | 'pin' | 'unpin' | 'delete' | 'importance' | 'tool' | 'duplicate';
      readonly pick: number;
    }
  | { readonly kind: 'evict'; readonly pick: number; readonly tier: 'L1' | 'L2' | 'L3' | 'L4' }
  | {
      readonly kind: 'compress' | 'fault' | 'userFault';
      readonly pick: number;
      readonly level: 0 | 1 | 2 | 3;
    }
  | { readonly kind: 'turn' | 'segment' | 'fork' }
  | { readonly kind: 'prePass'; readonly words: string }
  | { readonly kind: 'build'; readonly maxTokens: number; readonly question: string | null };

const WORDS = 'redis cache deploy budget we decided friday the a of invoice login retry queue';
const word = fc.constantFrom(...WORDS.split(' '));
const words = fc.array(word, { maxLength: 12 }).map((list) => list.join(' '));
const text = fc
  .tuple(words, fc.integer({ min: 1, max: 12 }))
  .map(([line, times]) => Array.from({ length: times }, (_, at) => `${line} ${at}.`).join(' '));
const pick = fc.nat(1_000);
const level = fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const);

const create: fc.Arbitrary<MemoryCommand> = fc.record({
  kind: fc.constant('create' as const),
  text,
  pageType: fc.constantFrom('transcript' as const, 'transcript' as const, ...PAGE_TYPES),
  role: fc.option(fc.constantFrom(...PAGE_ROLES), { nil: null }),
  sizeTokens: fc.option(fc.integer({ min: 0, max: 700 }), { nil: undefined, freq: 3 }),
  importance: fc.constantFrom(0, 0.2, 0.5, 0.9, 1),
  isAdded: fc.constant(true),
});

/** Any call. */
export const memoryCommand: fc.Arbitrary<MemoryCommand> = fc.oneof(
  { weight: 8, arbitrary: create },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        ...(['add', 'add', 'pin', 'unpin', 'delete', 'importance', 'tool', 'duplicate'] as const),
      ),
      pick,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('evict' as const),
      pick,
      tier: fc.constantFrom('L1' as const, 'L2' as const, 'L3' as const, 'L4' as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom('compress' as const, 'fault' as const, 'userFault' as const),
      pick,
      level,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(...(['turn', 'turn', 'turn', 'turn', 'segment', 'fork'] as const)),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('prePass' as const), words }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('build' as const),
      maxTokens: fc.integer({ min: 400, max: 3_000 }),
      question: fc.option(words, { nil: null }),
    }),
  },
);
