-- Sessions as rows of a listing.
-- KEYS   the root of each session's bucket
-- ARGV   now, then the name of each
-- Output for each: { labels, created, updated, expiry, deadline, version, open segment, counters,
--        sliding part } | false
-- @include keys
-- @include session
-- @include usage

local now = nowMs(ARGV[1])
local heads = {}
for index = 1, countOfKeys() do
  local state, labels = readAlive(KEYS[index], ARGV[index + 1], now, 'p')
  heads[index] = state and { labels, state[CREATED], state[UPDATED], timeText(state[EXPIRES]), timeText(state[DEADLINE]),
    state[VERSION], state[SEGMENT], usageText(state), timeText(state[SLIDING]) } or false
end
return heads
