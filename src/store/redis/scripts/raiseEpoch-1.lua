-- Raises the epoch of a session by one; a copy of the same call is answered alike and raises nothing.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, mark of the call
-- Output the epoch, false without a session
-- @include session

local state, mark = readAlive(KEYS[1], ARGV[2], nowMs(ARGV[1]), 'r')
if not state then return false end
if mark == ARGV[3] then return state[EPOCH] end
state[EPOCH] = state[EPOCH] + 1
redis.call('HSET', metaKey(KEYS[1], ARGV[2]), 's', packState(state), 'r', ARGV[3])
return state[EPOCH]
