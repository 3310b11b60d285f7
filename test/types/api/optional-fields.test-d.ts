import { expectTypeOf, test } from 'vitest';
import type {
  AnswerOptions,
  CloseOptions,
  ConversationMessage,
  EventFilter,
  ForkOptions,
  InfiniteConversationOptions,
  InfiniteTurn,
  MetadataChange,
  PromptOptions,
  RunOptions,
  RuntimeOptions,
  SessionManagerOptions,
  SessionPromptOptions,
  SessionQuery,
  StorageSettings,
  ToolUse,
  TrackedCall,
  TrackedTurn,
  UsageCorrection,
} from '../../../src/index.ts';

/** Whether every field takes `undefined` explicitly. */
type Passes<T> = Record<keyof T, undefined> extends T ? true : false;
type OptionalsOf<T> = {
  [Name in keyof T as object extends Pick<T, Name> ? Name : never]: T[Name];
};

test('optional fields take undefined, so that options can be passed through', () => {
  type All = [
    Passes<OptionalsOf<AnswerOptions>>,
    Passes<OptionalsOf<CloseOptions>>,
    Passes<OptionalsOf<ConversationMessage>>,
    Passes<OptionalsOf<EventFilter>>,
    Passes<OptionalsOf<ForkOptions>>,
    Passes<OptionalsOf<InfiniteConversationOptions>>,
    Passes<OptionalsOf<InfiniteTurn>>,
    Passes<OptionalsOf<MetadataChange>>,
    Passes<OptionalsOf<PromptOptions>>,
    Passes<OptionalsOf<RunOptions>>,
    Passes<OptionalsOf<RuntimeOptions>>,
    Passes<OptionalsOf<NonNullable<RuntimeOptions['limits']>>>,
    Passes<OptionalsOf<NonNullable<RuntimeOptions['timeToLive']>>>,
    Passes<OptionalsOf<SessionManagerOptions>>,
    Passes<OptionalsOf<SessionPromptOptions>>,
    Passes<OptionalsOf<SessionQuery>>,
    Passes<OptionalsOf<StorageSettings>>,
    Passes<OptionalsOf<ToolUse>>,
    Passes<OptionalsOf<TrackedCall>>,
    Passes<OptionalsOf<TrackedTurn>>,
    Passes<OptionalsOf<UsageCorrection>>,
  ];
  expectTypeOf<All[number]>().toEqualTypeOf<true>();
});

test('a strict optional field would be told apart', () => {
  expectTypeOf<Passes<{ readonly a?: string }>>().toEqualTypeOf<false>();
});
