-- Erases sessions of a tenant or of one of its users in one bucket, with what they added to the sums of the tenant.
-- KEYS   the root of the bucket
-- ARGV   now, encoded tenant, encoded user ('' for the whole tenant), most sessions, retry horizon in ms,
--        '' or, when sessions of the user that are there stay, how many of them to pass over
-- Output { sessions, records, snapshots, outbox entries, 1 when there are more, sessions that stay }; expired sessions go uncounted
-- @include session
-- @include usage
-- @include writers
-- @include retire

local root, tenant, user, limit = KEYS[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local now = nowMs(ARGV[1])
local index = user == '' and root .. ':tc:' .. tenant or root .. ':us:' .. tenant .. ':' .. user
local passed = tonumber(ARGV[6])
local ids = redis.call('ZRANGE', index, passed or 0, (passed or 0) + limit - 1)
local sums = { 0, 0, 0, 0, 0, 0 }
for _, id in ipairs(ids) do
  local name = tenant .. ':' .. id
  local present, owner = unpack(redis.call('HMGET', metaKey(root, name), 's', 'l'))
  local isAlive = readAlive(root, name, now) ~= nil
  -- A write that was applied by half may have left an id under a user whose session it is not.
  if user ~= '' and (not present or (owner or '') ~= user) then redis.call('ZREM', index, id) end
  if passed and isAlive and owner == user then
    sums[6] = sums[6] + 1
  elseif user == '' or not present or owner == user then
    -- What has expired was there until then, and stays in the sums of a tenant that goes on.
    local state, hasSnapshot, entries = retire(root, name, ARGV[5], user == '' or isAlive)
    if isAlive then
      sums[1] = sums[1] + 1
      sums[2] = sums[2] + state[VERSION]
      sums[3] = sums[3] + (hasSnapshot and 1 or 0)
      sums[4] = sums[4] + entries
    end
  end
end
if user == '' and #ids < limit then redis.call('HDEL', root .. ':tu', tenant) end
sums[5] = #ids == limit and 1 or 0
return sums
