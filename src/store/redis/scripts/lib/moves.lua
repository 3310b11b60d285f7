-- What every way to record a move shares.

-- The link stands before the last record of a move alone: a point of history is never between its records. False, and nothing
-- is recorded, when the log is not as long as it should be.
local function pushRecords(log, state, link, first, last)
  local count = last - first + 1
  local version = state[VERSION] + count
  local length = redis.call('RPUSH', log, unpack(ARGV, first, last))
  if length ~= version then
    redis.call('RPOP', log, count)
    return false
  end
  state[FIRST], state[VERSION], state[HISTORY] = state[VERSION] + 1, version, link
  return true
end

-- What the sender of a move cannot know when it is recorded right behind what it knew.
local function answer(state)
  return state[EXPIRES] == NEVER and state[HISTORY] or state[HISTORY] .. ' ' .. digits(state[EXPIRES])
end
