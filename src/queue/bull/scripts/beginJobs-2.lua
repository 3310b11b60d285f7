-- Notes that jobs begin: their classes have reached their turns, and they do not wait any more.
-- KEYS: 1 turns, 2 ages
-- ARGV: 1 how many classes, then of each its first priority and the latest one that begins, then the ids
-- Output: 1
local classes = tonumber(ARGV[1])
for class = 1, classes do
  local first = ARGV[2 * class]
  local turn = tonumber(ARGV[2 * class + 1])
  local reached = tonumber(redis.call('ZSCORE', KEYS[1], '@' .. first) or first)
  if turn > reached then
    redis.call('ZADD', KEYS[1], turn, '@' .. first)
    -- Whoever has had fewer turns begins at the one that is reached anyway, so nothing need be known of them.
    redis.call('ZREMRANGEBYSCORE', KEYS[1], first, '(' .. turn)
  end
end
for index = 2 * classes + 2, #ARGV do redis.call('ZREM', KEYS[2], ARGV[index]) end
return 1
