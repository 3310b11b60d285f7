-- The time since which the oldest job waits that was never begun. Forgets those that are not there any more.
-- KEYS: 1 ages
-- ARGV: 1 what the keys of jobs begin with
-- Output: the time in ms, or false
for _ = 1, 1000 do
  local oldest = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
  if #oldest == 0 then return false end
  if redis.call('EXISTS', ARGV[1] .. oldest[1]) == 1 then return oldest[2] end
  redis.call('ZREM', KEYS[1], oldest[1])
end
return false
