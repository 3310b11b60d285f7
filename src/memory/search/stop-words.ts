/** English words that say nothing about the subject of a text; they are neither indexed nor searched for. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  `a about above after again all also am an and any are as at be because been before being below between both but by
  can cannot could did do does doing don down during each few for from further get got had has have having he her here hers
  herself him himself his how i if in into is it its itself just let me more most my myself no nor not now of off on once
  only or other our ours ourselves out over own really same she should so some such than that the their theirs them
  themselves then there these they this those through to too under until up us very was we were what when where which while
  who whom whose why will with would you your yours yourself yourselves`
    .split(/\s+/)
    .filter((word) => word.length > 0),
);
