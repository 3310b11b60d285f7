-- What a tenant recorded, per bucket: of sessions that are gone, and of those that are there.
-- KEYS   the roots of buckets
-- ARGV   encoded tenant
-- Output counters, any number of them
-- @include keys
-- @include session
-- @include usage

local tenant = ARGV[1]
local found = {}
for index = 1, countOfKeys() do
  local root = KEYS[index]
  local sum = redis.call('HGET', root .. ':tu', tenant)
  for _, id in ipairs(redis.call('ZRANGE', root .. ':tc:' .. tenant, 0, -1)) do
    local state = unpackState(redis.call('HGET', metaKey(root, tenant .. ':' .. id), 's'))
    -- A creation or a removal that was applied by half leaves an id without a session.
    if state then sum = sum and sumUsage(sum, usageText(state)) or usageText(state) end
  end
  if sum then found[#found + 1] = sum end
end
return found
