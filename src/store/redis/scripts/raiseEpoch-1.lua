-- Raises the epoch of a session by one; a copy of the same call is answered alike and raises nothing.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, mark of the call
-- Output the epoch, false without a session
-- @include session

local values = readAlive(KEYS[1], ARGV[2], nowMs(ARGV[1]), 'e', 'r')
if not values then return false end
if values[4] == ARGV[3] then return tonumber(values[3]) end
local epoch = tonumber(values[3]) + 1
redis.call('HSET', metaKey(KEYS[1], ARGV[2]), 'e', epoch, 'r', ARGV[3])
return epoch
