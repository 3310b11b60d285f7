-- Takes a session out with everything of it but the names of its writers, which are forgotten after `horizon` ms. Commands that
-- need memory come last and may fail, so that a full server can be emptied. Returns what it was, and how many outbox entries
-- it had.
local function retire(root, name, horizon)
  local meta = metaKey(root, name)
  local values = redis.call('HGETALL', meta)
  local session, dropped, entries = {}, {}, 0
  for index = 1, #values, 2 do
    local field, kind = values[index], string.sub(values[index], 1, 2)
    session[field] = values[index + 1]
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
  local tenant, id = tenantOf(name), idOf(name)
  redis.call('ZREM', root .. ':tc:' .. tenant, id)
  redis.call('ZREM', root .. ':ta:' .. tenant, id)
  if session.l and session.l ~= '' then
    redis.call('ZREM', root .. ':us:' .. tenant .. ':' .. session.l, id)
  end
  redis.call('ZREM', root .. ':ex', name)
  redis.call('PEXPIRE', meta, horizon)
  return session, entries
end
