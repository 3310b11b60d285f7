-- Notes that a job begins: its class has reached its turn, and it does not wait any more.
-- KEYS: 1 turns, 2 ages
-- ARGV: 1 id, 2 priority, 3 first priority of the class
-- Output: 1
local turn = tonumber(ARGV[2])
local reached = tonumber(redis.call('ZSCORE', KEYS[1], '@' .. ARGV[3]) or ARGV[3])
if turn > reached then
  redis.call('ZADD', KEYS[1], turn, '@' .. ARGV[3])
  -- Whoever has had fewer turns begins at the one that is reached anyway, so nothing need be known of them.
  redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[3], '(' .. turn)
end
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
