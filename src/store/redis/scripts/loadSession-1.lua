-- The base to start from and the first page of what follows it.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, known incarnation ('' for none), known version, known link, longest tail
-- Output { MISSING } | { GONE } | { TORN } | { REGRESSED, incarnation or false, version, link }
--        | { OK, incarnation, version, link, first position of the tail, 1 when it is whole, records, expiry,
--            version of the snapshot or false, its link, its body }
-- @include session

local root, name, incarnation = KEYS[1], ARGV[2], ARGV[3]
local known = incarnation ~= '' and { version = tonumber(ARGV[4]), link = ARGV[5] } or nil
local limit = tonumber(ARGV[6])
local log = logKey(root, name)

local state, keptText, keptLink = readAlive(root, name, nowMs(ARGV[1]), 'y', 'z')
if not state then
  if not known then return { CODE.MISSING } end
  if redis.call('EXISTS', metaKey(root, name)) == 1 then return { CODE.GONE } end
  return { CODE.REGRESSED, false }
end
if isTorn(log, state) then return { CODE.TORN } end
local version, link = state[VERSION], state[HISTORY]
if known and incarnation ~= state[INCARNATION] then return { CODE.GONE } end
if known and not hasPassed(log, known.version, known.link, state) then
  return { CODE.REGRESSED, state[INCARNATION], version, link }
end
local from = known and known.version or 0
local kept = tonumber(keptText or 0)
-- A caller that only misses one page is served faster with that page than with a whole state.
local isNear = from > 0 and version - from <= limit
local body = false
if kept > from and not isNear then
  body = redis.call('GET', snapshotKey(root, name))
  if body then from = kept end
end
local tail, isWhole = tailOf(log, from, version, limit)
return { CODE.OK, state[INCARNATION], version, link, from + 1, isWhole, tail, timeText(state[EXPIRES]),
  body and kept, body and keptLink, body }
