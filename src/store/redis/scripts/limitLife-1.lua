-- Changes when a session expires; a part that is not given stays.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, incarnation ('' for any), 1 to move parts to later only, 1 when the absolute part is given, its ms
--        ('' for never), 1 when the sliding part is given, its ms
-- Output 1, 0 without such a session
-- @include session

local root, name = KEYS[1], ARGV[2]
local now = nowMs(ARGV[1])
local values = readAlive(root, name, now, 'd', 's', 'f', 'a')
if not values or (ARGV[3] ~= '' and ARGV[3] ~= values[1]) then return 0 end
local onlyLater = ARGV[4] == '1'

local function choose(present, wanted)
  if not onlyLater then return wanted end
  if present == '' or wanted == '' then return '' end
  return math.max(tonumber(present), tonumber(wanted))
end

local deadline, sliding, from = values[3], values[4], values[5]
if ARGV[5] == '1' then deadline = choose(deadline, ARGV[6] == '' and '' or now + tonumber(ARGV[6])) end
if ARGV[7] == '1' then
  sliding = choose(sliding, ARGV[8])
  from = now
end
local expires = expiryOf(deadline, sliding, from)
redis.call('HSET', metaKey(root, name), 'd', deadline, 's', sliding, 'f', from, 'x', expires, 'a', expires)
if expires == '' then
  redis.call('ZREM', root .. ':ex', name)
else
  redis.call('ZADD', root .. ':ex', expires, name)
end
return 1
