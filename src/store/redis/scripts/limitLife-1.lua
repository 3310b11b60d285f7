-- Changes when a session expires; a part that is not given stays.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, incarnation ('' for any), 1 to move parts to later only, 1 when the absolute part is given, its ms
--        ('' for never), 1 when the sliding part is given, its ms
-- Output 1, 0 without such a session
-- @include session

local root, name = KEYS[1], ARGV[2]
local now = nowMs(ARGV[1])
local state = readAlive(root, name, now)
if not state or (ARGV[3] ~= '' and ARGV[3] ~= state[INCARNATION]) then return 0 end
local onlyLater = ARGV[4] == '1'

local function choose(present, wanted)
  if not onlyLater then return wanted end
  if present == NEVER or wanted == NEVER then return NEVER end
  return math.max(present, wanted)
end

if ARGV[5] == '1' then
  state[DEADLINE] = choose(state[DEADLINE], ARGV[6] == '' and NEVER or now + tonumber(ARGV[6]))
end
if ARGV[7] == '1' then
  state[SLIDING] = choose(state[SLIDING], tonumber(ARGV[8]) or NEVER)
  state[SLIDES_FROM] = now
end
state[EXPIRES] = expiryOf(state)
state[WATCHED] = state[EXPIRES]
redis.call('HSET', metaKey(root, name), 's', packState(state))
if state[EXPIRES] == NEVER then
  redis.call('ZREM', root .. ':ex', name)
else
  redis.call('ZADD', root .. ':ex', digits(state[EXPIRES]), name)
end
return 1
