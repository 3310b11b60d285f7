-- Takes a session out with everything of it but the names of its writers, which are forgotten after `horizon` ms. What it
-- recorded stays in the sums of its tenant unless it is erased. What removes comes first, so that a full server, which refuses
-- no command of a script that has written, can be emptied. Returns the state, whether it had a snapshot, how many outbox entries.
local function retire(root, name, horizon, isErased)
  local meta, tenant, id = metaKey(root, name), tenantOf(name), idOf(name)
  local values = redis.call('HGETALL', meta)
  local state, user, hasSnapshot, dropped, entries = nil, nil, false, {}, 0
  for index = 1, #values, 2 do
    local field, value = values[index], values[index + 1]
    local kind = string.sub(field, 1, 2)
    if field == 's' then state = unpackState(value) end
    if field == 'l' then user = value end
    if field == 'y' then hasSnapshot = true end
    if kind == 'o:' then
      redis.call('ZREM', root .. ':ob', name .. ' ' .. string.sub(field, 3))
      entries = entries + 1
    end
    if kind ~= 'w:' and kind ~= 'r:' and field ~= 'k' then dropped[#dropped + 1] = field end
  end
  for first = 1, #dropped, 1000 do
    redis.call('HDEL', meta, unpack(dropped, first, math.min(first + 999, #dropped)))
  end
  redis.call('UNLINK', logKey(root, name), snapshotKey(root, name))
  redis.call('ZREM', root .. ':tc:' .. tenant, id)
  redis.call('ZREM', root .. ':ta:' .. tenant, id)
  if user and user ~= '' then redis.call('ZREM', root .. ':us:' .. tenant .. ':' .. user, id) end
  redis.call('ZREM', root .. ':ex', name)
  if state then
    redis.call('HSET', meta, 'k', digits(state[LIFE]), 'w:' .. state[WRITER], writeText(state))
    if not isErased then
      local sum = redis.call('HGET', root .. ':tu', tenant)
      local usage = usageText(state)
      redis.call('HSET', root .. ':tu', tenant, sum and sumUsage(sum, usage) or usage)
    end
  end
  redis.call('PEXPIRE', meta, horizon)
  return state, hasSnapshot, entries
end
