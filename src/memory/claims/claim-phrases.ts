/**
 * How people say what is worth to be kept. A phrase is words in any letter case; `a|b` stands for either, `word*` for what begins
 * so, `...` for one to four words that are the subject, `^` for the beginning of a clause (`^^` for one that no `and` joins to
 * another), and marks such as `:` for themselves. `=> topic` names the subject where the phrase itself is it; `=> my topic` that
 * of who speaks.
 */
export interface ClaimPhrases {
  readonly decision: readonly string[];
  /** Decisions as an assistant says them, who often says `let's` of the next line of its answer. */
  readonly assistantDecision: readonly string[];
  readonly plan: readonly string[];
  readonly preference: readonly string[];
  /** What somebody does not like. */
  readonly dislike: readonly string[];
  /** Followed by anything. */
  readonly fact: readonly string[];
  /** Followed by a number, a date or a name. */
  readonly figure: readonly string[];
  /** Turns what else a sentence says into a correction. */
  readonly correction: readonly string[];
  /** Corrections of their own; what is named behind them is the new state, or no longer so. */
  readonly change: readonly string[];
  /** Corrections in a sentence that something of {@link ClaimPhrases.correction} stands in. */
  readonly amendment: readonly string[];
  /** Stands before what is no longer so. */
  readonly replaced: readonly string[];
  /** What follows in the sentence is about what may be. */
  readonly hypothetical: readonly string[];
  /** The clause is about what may be. */
  readonly doubt: readonly string[];
}

/** What is told without an article, as in `budget: $9,000`. */
const TOPICS = (
  'deadline budget price cost rent salary date launch kickoff deposit target timeline version address location email phone ' +
  'owner headcount quota limit timezone venue stack database framework language host region'
).split(' ');
const SELF_FACTS =
  'name|birthday|job|role|title|company|team|manager|boss|wife|husband|partner|girlfriend|boyfriend|son|daughter|brother|' +
  'sister|mother|mom|father|dad|dog|cat|address|email|phone|number|hometown|city|timezone|car|school|university|major|diet';

/** Used where nothing else is said. */
export const ENGLISH_CLAIM_PHRASES: ClaimPhrases = {
  decision: [
    'we|i|they|team decided|agreed|chose|picked|selected|settled',
    "we've|i've decided|agreed|chosen|picked|selected|settled",
    'we|i have|had decided|agreed|chosen|picked|selected|settled',
    "let's|lets go|stick with",
    "let's|lets use|adopt|pick|choose|launch|deploy|host|schedule",
    "we'll|i'll use|adopt|choose|pick|launch|deploy|host|ship|store",
    'we will use|adopt|choose|pick|launch|deploy|host|ship|store',
    "we'll|i'll|we're|i'm go|going|stick|sticking with",
    'we|i will|are|am go|going|stick|sticking with',
    '^ agreed to|on|that|:',
    "it's|is decided|settled|agreed that",
    'decision|decided|agreed|final : ',
    'the|our|my|final decision|choice is',
  ],
  assistantDecision: [
    'we|you decided|agreed|settled',
    "we've|you've decided|agreed|settled",
    'decision|agreed|decided :',
    'the|our|final decision is',
  ],
  plan: [
    'the|our|my|current plan is',
    'the|our|my|main goal|aim|objective is',
    'plan|goal|goals|objective :',
    'we|i plan to|on',
    "we're|i'm planning to|on",
    'we|i are|am planning to|on',
    'next step|milestone is|:',
  ],
  preference: [
    'i|we prefer',
    "i'd|we'd prefer|rather",
    'i|we like|love|enjoy|adore',
    'my favorite|favourite ... is|are',
    'i|we always',
    '^^ always',
    '^ please always|keep|use',
    'i|we want you to',
  ],
  dislike: [
    'i|we hate|dislike|despise',
    "i|we don't|can't|cannot like|stand|enjoy|want",
    'i|we do not like|enjoy|want',
    'i|we never',
    '^^ never',
    '^ please never',
    "^ please don't",
  ],
  fact: [
    'my name is => my name',
    "my name's => my name",
    'i live|reside in|at|near => my home',
    "i'm|i based|live out in|of => my home",
    'i am based in => my home',
    'i work|working as|at|for => my work',
    "i'm allergic to => my allergy",
    'i am allergic to => my allergy',
    'i was born in|on => my birth',
    "i'm originally from => my origin",
    "i'm from => my origin",
    'i am from => my origin',
    "we're|we use|using",
    "i've|we've never",
    'i|we have never',
    `my ${SELF_FACTS} is|are`,
    `my|our ... ${SELF_FACTS} is|are`,
  ],
  figure: [
    'my|our|the ... is|are|was|were',
    'my|our|the ... will be',
    ...TOPICS.flatMap((topic) => [
      `^ ${topic} is|are|: => ${topic}`,
      `^ ... ${topic} is|are|: => ${topic}`,
    ]),
    ...['deadline', 'budget', 'quota', 'limit', 'target', 'goal'].map(
      (word) => `${word} of => ${word}`,
    ),
    "i|we|i've|we've completed|finished|added|reached|secured|saved|hired|sold|spent|scored",
    'i|we have',
    "i'm",
    'i am',
  ],
  correction: [
    '^ actually',
    'correction :',
    'scratch that',
    '^ i|we meant',
    'changed my|our mind',
    'instead',
    '^ sorry ,',
    '^ wait ,',
    '^ no ,',
    'on second thought',
    'after all',
  ],
  change: [
    '^ ... changed|moved|switched|postponed|delayed|increased|reduced|raised|lowered|updated|pushed to|from|back',
    '^ ... has|have|was|were|is|are|got|been changed|moved|switched|postponed|delayed|increased|reduced|raised|lowered|updated|pushed to|from|back',
    '^ ... has|have been changed|moved|switched|postponed|delayed|increased|reduced|raised|lowered|updated|pushed to|from|back',
    '^ ... is|are no longer',
    "we|i|we've|i've|let's changed|change|moved|move|switched|switch|migrated|postponed|increased|reduced|raised|lowered|updated ... to|from",
    "we|i|we've|i've changed|switched|migrated to|from",
    "we|i|we're|i'm no longer",
    'we|i are|am no longer',
  ],
  amendment: [
    'instead of ... use',
    '^ make|set|call|schedule it',
    '^ make|set the|our|my',
    '^ use',
    "^ it's",
    '^ it is|should',
    '^ ... is|are',
  ],
  replaced: ['instead of', 'rather than', 'not', 'from'],
  hypothetical: [
    'if|unless|suppose*|imagine|assume|assuming|hypothetical*|wish|whether',
    'what if',
    'should we|i',
    "let's say",
    'for example|instance',
    "don't|doesn't|didn't think|know|remember",
    'in case',
    'had i|we',
    'once|when|until|before we|i',
  ],
  doubt: [
    'maybe|perhaps|possibly|might|could|would|wonder*|consider*',
    'thinking about|of',
    'not sure',
    'just kidding',
    'or not',
  ],
};
