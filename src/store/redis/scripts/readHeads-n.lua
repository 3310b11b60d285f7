-- Sessions as rows of a listing.
-- KEYS   the root of each session's bucket
-- ARGV   now, then the name of each
-- Output for each: { incarnation, expiry, labels, created, updated, deadline, version, open segment, counters } | false
-- @include session

local now = nowMs(ARGV[1])
local heads = {}
for index = 1, #KEYS do
  heads[index] = readAlive(KEYS[index], ARGV[index + 1], now, 'p', 'c', 'u', 'd', 'v', 'g', 'n') or false
end
return heads
