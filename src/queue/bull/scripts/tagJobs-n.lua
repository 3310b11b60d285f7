-- Gives jobs that are about to be added their places among those of other tenants.
-- KEYS: 1 failed jobs, 2 prioritised jobs, 3 active jobs, 4 delayed jobs, 5 turns, 6 ages,
--   7 cancelled jobs, then the jobs
-- ARGV: 1 now in ms, 2 jobs held at most, 3 1 where jobs that are dead begin anew, then of each job: id, class and tenant,
--   first and last priority of the class
-- Output: of each job the priority; -1 when it is there; -2 when it is there and dead; -3 when there is no room
local held = redis.call('ZCARD', KEYS[2]) + redis.call('ZCARD', KEYS[4])
-- Those that have a place already and are about to be added are known by their ages alone.
local isEmpty = held == 0 and redis.call('LLEN', KEYS[3]) == 0 and redis.call('ZCARD', KEYS[6]) == 0
if isEmpty then redis.call('DEL', KEYS[5]) end
local answers = {}
for job = 8, #KEYS do
  local at = 4 * (job - 8) + 4
  local id, tenant, first = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local isDead = redis.call('ZSCORE', KEYS[1], id)
  if redis.call('EXISTS', KEYS[job]) == 1 and not (isDead and ARGV[3] == '1') then
    answers[#answers + 1] = isDead and -2 or -1
  elseif held >= tonumber(ARGV[2]) then
    answers[#answers + 1] = -3
  else
    -- '@' and a class: the turn that this class has reached; it cannot be a tenant, which comes with its class.
    local reached = tonumber(redis.call('ZSCORE', KEYS[5], '@' .. first) or first)
    local own = tonumber(redis.call('ZSCORE', KEYS[5], tenant) or (reached - 1))
    local turn = math.min(math.max(reached, own + 1), tonumber(ARGV[at + 3]))
    redis.call('ZADD', KEYS[5], turn, tenant)
    redis.call('ZADD', KEYS[6], ARGV[1], id)
    -- What was said of an earlier job with this id is not meant for this one.
    redis.call('ZREM', KEYS[7], id)
    held = held + 1
    answers[#answers + 1] = turn
  end
end
return answers
