-- Takes a session out, on request with what it added to the sums of its tenant.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, incarnation, version ('' for any), 1 to take its usage out too, retry horizon in ms, mark of the call
-- Output { records, 1 with a snapshot, outbox entries } | false without such a session; a copy of the call is answered alike
-- @include session
-- @include usage
-- @include writers
-- @include retire

local root, name = KEYS[1], ARGV[2]
local meta = metaKey(root, name)
local state = readAlive(root, name, nowMs(ARGV[1]))
if not state then
  local mark, records, snapshots, entries =
    string.match(redis.call('HGET', meta, 'm') or '', '^(%S+) (%S+) (%S+) (%S+)$')
  if mark ~= ARGV[7] then return false end
  return { tonumber(records), tonumber(snapshots), tonumber(entries) }
end
if state[INCARNATION] ~= ARGV[3] or (ARGV[4] ~= '' and tonumber(ARGV[4]) ~= state[VERSION]) then return false end
local _, hasSnapshot, entries = retire(root, name, ARGV[6], ARGV[5] == '1')
local snapshots = hasSnapshot and 1 or 0
redis.call('HSET', meta, 'm', ARGV[7] .. ' ' .. digits(state[VERSION]) .. ' ' .. snapshots .. ' ' .. entries)
return { state[VERSION], snapshots, entries }
