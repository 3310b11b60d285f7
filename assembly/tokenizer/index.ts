export {
  attach,
  clearRegion,
  enterLarge,
  idsAddress,
  layoutVersion,
  leaveLarge,
  windowAddress,
} from './attach';
export { beginTables, buildStep } from './build';
export { vocabularyHash } from './content-hash';
export { cutPiece, openPiece, openPieceBytes, unitsBetween, writeIds } from './piece-ids';
export { callCount, work } from './state';
export { bytesBeforeLastPiece, countWindow, takenBytes, tokensOfLastPiece } from './window';
