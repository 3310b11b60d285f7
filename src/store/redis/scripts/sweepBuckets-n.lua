-- Takes out sessions that have expired, earliest first in each bucket.
-- KEYS   the roots of buckets
-- ARGV   now, most sessions to take out, most to look at, retry horizon in ms
-- Output number of sessions that went, 1 when some are left to be looked at
-- @include keys
-- @include session
-- @include usage
-- @include writers
-- @include retire

local now, limit, looks = nowMs(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local removed = 0

-- A session that was prolonged is looked at once in vain, which is cheaper than moving it at every write.
local function look(root, name)
  local meta = metaKey(root, name)
  local state = unpackState(redis.call('HGET', meta, 's'))
  if not state or isExpired(state, now) then
    -- Without a state: what a creation or a removal left that was applied by half.
    retire(root, name, ARGV[4], false)
    if state then removed = removed + 1 end
    return
  end
  if state[EXPIRES] ~= NEVER then
    redis.call('ZADD', root .. ':ex', digits(state[EXPIRES]), name)
  else
    redis.call('ZREM', root .. ':ex', name)
  end
  state[WATCHED] = state[EXPIRES]
  redis.call('HSET', meta, 's', packState(state))
end

for index = 1, countOfKeys() do
  -- One more than may be looked at, which tells that there are more.
  local names = redis.call('ZRANGEBYSCORE', KEYS[index] .. ':ex', '-inf', now, 'LIMIT', 0, looks + 1)
  for _, name in ipairs(names) do
    if removed == limit or looks == 0 then return { removed, 1 } end
    look(KEYS[index], name)
    looks = looks - 1
  end
end
return { removed, 0 }
