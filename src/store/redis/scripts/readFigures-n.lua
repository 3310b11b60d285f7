-- How much waits in the outboxes of buckets.
-- KEYS   the roots of buckets
-- Output number of outbox entries
-- @include keys

local entries = 0
for index = 1, countOfKeys() do entries = entries + redis.call('ZCARD', KEYS[index] .. ':ob') end
return entries
