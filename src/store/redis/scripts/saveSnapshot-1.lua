-- Keeps a snapshot that is in the session's past and newer than the one kept.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, incarnation, version, link, body
-- Output 1 when it is kept, 0 otherwise
-- @include session

local root, name = KEYS[1], ARGV[2]
local values = readAlive(root, name, nowMs(ARGV[1]), 'v', 'h', 'y')
if not values or values[1] ~= ARGV[3] then return 0 end
local point = { version = tonumber(ARGV[4]), link = ARGV[5] }
if not hasPassed(logKey(root, name), point, tonumber(values[3]), values[4]) then return 0 end
if point.version <= tonumber(values[5] or 0) then return 0 end
redis.call('SET', snapshotKey(root, name), ARGV[6])
redis.call('HSET', metaKey(root, name), 'y', point.version, 'z', point.link)
return 1
