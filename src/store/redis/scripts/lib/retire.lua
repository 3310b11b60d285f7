-- The last life of which a writer is remembered, nil where none is; of a removal applied by half nothing else may be left.
local function lastLife(values)
  local last = nil
  for index = 1, #values, 2 do
    local kind = string.sub(values[index], 1, 2)
    local life = (kind == 'w:' or kind == 'r:') and tonumber(string.match(values[index + 1], '%S+$'))
    if life and (not last or life > last) then last = life end
  end
  return last
end

-- Takes a session out with everything of it but the names of its writers, which are forgotten after `horizon` ms. What it
-- recorded stays in the sums of its tenant unless it is erased. What removes comes first, so that a full server, which refuses
-- no command of a script that has written, can be emptied: first of all the state, without which nobody sees the rest. The log
-- goes late, then the indexes that erasing reads, then the user: by these a removal applied by half is found and done again.
-- Returns the state, whether it had a snapshot, how many outbox entries.
local function retire(root, name, horizon, isErased)
  local meta, tenant, id = metaKey(root, name), tenantOf(name), idOf(name)
  local values = redis.call('HGETALL', meta)
  local state, user, life, hasSnapshot, dropped, entries = nil, nil, nil, false, {}, {}
  for index = 1, #values, 2 do
    local field, value = values[index], values[index + 1]
    local kind = string.sub(field, 1, 2)
    if field == 's' then state = unpackState(value) end
    if field == 'l' then user = value end
    if field == 'k' then life = value end
    if field == 'y' then hasSnapshot = true end
    if kind == 'o:' then entries[#entries + 1] = name .. ' ' .. string.sub(field, 3) end
    local isLate = kind == 'w:' or kind == 'r:' or field == 'k' or field == 's' or field == 'l'
    if not isLate then dropped[#dropped + 1] = field end
  end
  if state then
    redis.call('HDEL', meta, 's')
    redis.call('HSET', meta, 'k', digits(state[LIFE]), 'w:' .. state[WRITER], writeText(state))
    if not isErased then
      local sum = redis.call('HGET', root .. ':tu', tenant)
      local usage = usageText(state)
      redis.call('HSET', root .. ':tu', tenant, sum and sumUsage(sum, usage) or usage)
    end
  end
  redis.call('PEXPIRE', meta, horizon)
  -- Without it a session to come would be taken for the life in which those that are remembered wrote.
  if not state and not life then
    local last = lastLife(values)
    if last then redis.call('HSET', meta, 'k', digits(last)) end
  end
  for _, entry in ipairs(entries) do redis.call('ZREM', root .. ':ob', entry) end
  for first = 1, #dropped, 1000 do
    redis.call('HDEL', meta, unpack(dropped, first, math.min(first + 999, #dropped)))
  end
  redis.call('ZREM', root .. ':ta:' .. tenant, id)
  redis.call('ZREM', root .. ':ex', name)
  redis.call('UNLINK', logKey(root, name), snapshotKey(root, name))
  if user and user ~= '' then redis.call('ZREM', root .. ':us:' .. tenant .. ':' .. user, id) end
  redis.call('ZREM', root .. ':tc:' .. tenant, id)
  if user then redis.call('HDEL', meta, 'l') end
  return state, hasSnapshot, #entries
end
