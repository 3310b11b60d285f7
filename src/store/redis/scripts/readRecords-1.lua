-- A stretch of a log.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, first position, number of records
-- Output { OK, incarnation, version, records } | { TORN } | nil without a session
-- @include session

local state = readAlive(KEYS[1], ARGV[2], nowMs(ARGV[1]))
if not state then return false end
local log = logKey(KEYS[1], ARGV[2])
if isTorn(log, state) then return { CODE.TORN } end
local first = tonumber(ARGV[3]) - 1
local records = redis.call('LRANGE', log, first, first + tonumber(ARGV[4]) - 1)
return { CODE.OK, state[INCARNATION], state[VERSION], records }
