-- Outbox entries of living sessions that are due, earliest first in each bucket.
-- KEYS   the roots of buckets
-- ARGV   now, latest due time, most entries of one bucket
-- Output { "<name> <id>", due time, ... }
-- @include keys
-- @include session

local now, limit = nowMs(ARGV[1]), tonumber(ARGV[3])
local found = {}

local function scan(root)
  local seen, count = 0, 0
  while count < limit do
    local page = redis.call('ZRANGEBYSCORE', root .. ':ob', '-inf', ARGV[2], 'WITHSCORES', 'LIMIT', seen, limit)
    for index = 1, #page, 2 do
      local name = string.match(page[index], '^%S+')
      if count < limit and readAlive(root, name, now) then
        found[#found + 1] = page[index]
        found[#found + 1] = page[index + 1]
        count = count + 1
      end
    end
    if #page < 2 * limit then return end
    seen = seen + limit
  end
end

for index = 1, countOfKeys() do scan(KEYS[index]) end
return found
