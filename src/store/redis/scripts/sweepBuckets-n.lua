-- Takes out sessions that have expired, earliest first in each bucket.
-- KEYS   the roots of buckets
-- ARGV   now, most sessions, retry horizon in ms
-- Output number of sessions that went
-- @include session
-- @include retire

local now, limit = nowMs(ARGV[1]), tonumber(ARGV[2])
local removed = 0

-- A session that was prolonged is looked at once in vain, which is cheaper than moving it at every write.
local function look(root, name)
  local expires = redis.call('HGET', metaKey(root, name), 'x')
  if isExpired(expires, now) then
    retire(root, name, ARGV[3])
    removed = removed + 1
  elseif expires and expires ~= '' then
    redis.call('ZADD', root .. ':ex', expires, name)
    redis.call('HSET', metaKey(root, name), 'a', expires)
  else
    redis.call('ZREM', root .. ':ex', name)
    redis.call('HDEL', metaKey(root, name), 'a')
  end
end

for index = 1, #KEYS do
  local names = redis.call('ZRANGEBYSCORE', KEYS[index] .. ':ex', '-inf', now, 'LIMIT', 0, limit)
  for _, name in ipairs(names) do
    if removed == limit then return removed end
    look(KEYS[index], name)
  end
end
return removed
