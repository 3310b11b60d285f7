-- Takes a session out, on request with what it added to the sums of its tenant.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, incarnation, version ('' for any), 1 to take its usage out, retry horizon in ms, mark of the call
-- Output { records, 1 with a snapshot, outbox entries } | false without such a session; a copy of the call is answered alike
-- @include session
-- @include usage
-- @include retire

local root, name = KEYS[1], ARGV[2]
local meta = metaKey(root, name)
local values = readAlive(root, name, nowMs(ARGV[1]), 'v')
if not values then
  local mark, records, snapshots, entries =
    string.match(redis.call('HGET', meta, 'm') or '', '^(%S+) (%S+) (%S+) (%S+)$')
  if mark ~= ARGV[7] then return false end
  return { tonumber(records), tonumber(snapshots), tonumber(entries) }
end
if values[1] ~= ARGV[3] or (ARGV[4] ~= '' and ARGV[4] ~= values[3]) then return false end
local session, entries = retire(root, name, ARGV[6])
local snapshots = session.y and 1 or 0
local tenant = tenantOf(name)
-- Without room for it a copy of the call is told that there is no such session, which is true.
redis.pcall('HSET', meta, 'm', ARGV[7] .. ' ' .. session.v .. ' ' .. snapshots .. ' ' .. entries)
if ARGV[5] == '1' then
  redis.pcall('HSET', root .. ':tu', tenant, addUsage(redis.call('HGET', root .. ':tu', tenant), session.n, -1))
end
return { tonumber(session.v), snapshots, entries }
