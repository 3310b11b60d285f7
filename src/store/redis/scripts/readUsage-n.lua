-- What a tenant recorded, per bucket.
-- KEYS   the roots of buckets
-- ARGV   encoded tenant
-- Output the counters of every bucket that has any

local found = {}
for index = 1, #KEYS do
  local usage = redis.call('HGET', KEYS[index] .. ':tu', ARGV[1])
  if usage then found[#found + 1] = usage end
end
return found
