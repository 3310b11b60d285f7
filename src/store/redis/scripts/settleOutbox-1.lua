-- Puts an outbox entry off, adds it, or takes it out; a copy of the same call is answered alike.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, id, new due time ('' to take it out), mark of the call, 1 to add it
-- Output 1, 0 when it is not there
-- @include session

local root, name, field = KEYS[1], ARGV[2], 'o:' .. ARGV[3]
local meta = metaKey(root, name)
local state, due, mark = readAlive(root, name, nowMs(ARGV[1]), field, 't')
if not state then return 0 end
if mark == ARGV[5] then return 1 end
local member = name .. ' ' .. ARGV[3]
-- A write that was applied by half may leave an entry in the index alone, which is there as well.
if not due and ARGV[6] ~= '1' and not redis.call('ZSCORE', root .. ':ob', member) then return 0 end
if ARGV[4] == '' then
  redis.call('HDEL', meta, field)
  redis.call('ZREM', root .. ':ob', member)
  redis.pcall('HSET', meta, 't', ARGV[5])
else
  redis.call('HSET', meta, field, ARGV[4], 't', ARGV[5])
  redis.call('ZADD', root .. ':ob', ARGV[4], member)
end
return 1
