-- Gives a job that is about to be added its place among those of other tenants.
-- KEYS: 1 the job, 2 failed jobs, 3 prioritised jobs, 4 active jobs, 5 delayed jobs, 6 turns, 7 ages
-- ARGV: 1 id, 2 class and tenant, 3 first priority of the class, 4 last priority of the class, 5 now in ms,
--   6 jobs held at most
-- Output: the priority; -1 when the job is there; -2 when it is there and dead; -3 when there is no room
if redis.call('EXISTS', KEYS[1]) == 1 then
  if redis.call('ZSCORE', KEYS[2], ARGV[1]) then return -2 end
  return -1
end
local held = redis.call('ZCARD', KEYS[3]) + redis.call('ZCARD', KEYS[5])
if held >= tonumber(ARGV[6]) then return -3 end
-- Those that have a place already and are about to be added are known by their ages alone.
local isEmpty = held == 0 and redis.call('LLEN', KEYS[4]) == 0 and redis.call('ZCARD', KEYS[7]) == 0
if isEmpty then redis.call('DEL', KEYS[6]) end
local first = tonumber(ARGV[3])
-- '@' and a class: the turn that this class has reached; it cannot be a tenant, which comes with its class.
local reached = tonumber(redis.call('ZSCORE', KEYS[6], '@' .. ARGV[3]) or first)
local own = tonumber(redis.call('ZSCORE', KEYS[6], ARGV[2]) or (reached - 1))
local turn = math.min(math.max(reached, own + 1), tonumber(ARGV[4]))
redis.call('ZADD', KEYS[6], turn, ARGV[2])
redis.call('ZADD', KEYS[7], ARGV[5], ARGV[1])
return turn
