import { assertLayout } from './records';
import { assertSetRecord } from './working-set/set-record';

export { layoutHash, layoutVersion } from './version';
export { addPostings, beginRanking, finishRanking, rankingCount } from './ranking';
export {
  callCount,
  classTableAddress,
  countTextClasses,
  resetTally,
  tallyAddress,
  textSlabAddress,
} from './text-classes';
export { audit } from './working-set/audit';
export {
  admit,
  clearPins,
  fold,
  mark,
  moveTo,
  protect,
  renew,
  setImportance,
  setLevelTokens,
  setOverride,
  touch,
} from './working-set/changes';
export { factsAddress, figuresAddress, readFigures, readPage } from './working-set/facts';
export { listByAccess, listTier, listType } from './working-set/listing';
export { addPage, removePage } from './working-set/pages';
export { planEviction } from './working-set/plan';
export { policyAddress, setBudget, setPolicy, setTurn } from './working-set/policy';
export { resultsAddress } from './working-set/regions';
export { frequenciesAddress, groupCount } from './working-set/score';
export { closeSet, openSet } from './working-set/sets';
export { canReach, scoreContext, scoreHot, selectVictims } from './working-set/victims';

assertLayout();
assertSetRecord();
