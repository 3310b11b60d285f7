-- Keeps a snapshot that is in the session's past and newer than the one kept.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, incarnation, version, link, body
-- Output 1 when it is kept, 0 otherwise
-- @include session

local root, name, version, link = KEYS[1], ARGV[2], tonumber(ARGV[4]), ARGV[5]
local state, kept = readAlive(root, name, nowMs(ARGV[1]), 'y')
if not state or state[INCARNATION] ~= ARGV[3] then return 0 end
if not hasPassed(logKey(root, name), version, link, state) then return 0 end
if version <= tonumber(kept or 0) then return 0 end
redis.call('SET', snapshotKey(root, name), ARGV[6])
redis.call('HSET', metaKey(root, name), 'y', ARGV[4], 'z', link)
return 1
