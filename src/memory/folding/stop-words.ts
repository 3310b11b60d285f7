/**
 * Words that say nothing on their own, in English: what remains of them after a fold tells no page from another. Words of
 * other languages that are as common show it by standing in many sentences of a page, and weigh little for that.
 */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a about above after again all also although am an and another any are aren as at be because been before being below ' +
    'between both but by can cannot could couldn did didn do does doesn doing don down during each either else etc even ' +
    'ever every few for from further get gets getting give given gives go goes going got had hadn has hasn have haven ' +
    'having he hello help helps her here hers herself hi him himself his how however i if in into is isn it its itself ' +
    'just know let like ll m make makes making many may me might more most much must my myself need needs no nor not now ' +
    'of off ok okay on once one only onto or other our ours ourselves out over own per please quite rather re really s ' +
    'said same say says see shall she should shouldn since so some something such sure t take than thank thanks that the ' +
    'their theirs them themselves then there these they thing things this those though through to too under until up upon ' +
    'us use used using ve very want wants was wasn way we well were weren what when where whether which while who whom ' +
    'whose why will with within without won would wouldn yes yet you your yours yourself yourselves d'
  ).split(' '),
);
