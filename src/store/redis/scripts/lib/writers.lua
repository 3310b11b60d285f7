-- What is remembered of writers, besides the last one, which is in the state: `w:` holds "operation position time life" of the
-- last write that was recorded, `r:` holds "operation time life" of the last creation that was refused. A refused creation
-- counts only once its life is over.

local function parseWrite(text)
  local operation, position, at, life = string.match(text, '^(%S+) (%S+) (%S+) (%S+)$')
  return { operation = tonumber(operation), position = tonumber(position), at = tonumber(at), life = tonumber(life) }
end

local function writeText(state)
  return string.format('%.0f %.0f %.0f %.0f', state[OPERATION], state[FIRST], state[UPDATED], state[LIFE])
end

-- The last write of a writer as the life `life` sees it, nil when none is remembered; position 0 is one of an earlier life.
-- `life` is nil for a session that is gone.
local function lastWrite(written, refused, life)
  local last = nil
  if written then
    local write = parseWrite(written)
    local isHere = life and write.life == life
    last = { operation = write.operation, position = isHere and write.position or 0, isRecorded = true }
  end
  if refused then
    local operation, _, refusedLife = string.match(refused, '^(%S+) (%S+) (%S+)$')
    local isOver = tonumber(refusedLife) ~= life
    if isOver and (not last or last.operation < tonumber(operation)) then
      last = { operation = tonumber(operation), position = 0, isRecorded = false }
    end
  end
  return last
end

-- Forgets the writers whose last write is older than a time; writers of refused creations too. Returns how many are left.
local function forgetWriters(meta, before)
  local values = redis.call('HGETALL', meta)
  local old, kept = {}, 0
  for index = 1, #values, 2 do
    local kind = string.sub(values[index], 1, 2)
    local at = nil
    if kind == 'w:' then at = parseWrite(values[index + 1]).at end
    if kind == 'r:' then at = tonumber(string.match(values[index + 1], '^%S+ (%S+)')) end
    if at and at < before then old[#old + 1] = values[index] elseif at then kept = kept + 1 end
  end
  for first = 1, #old, 1000 do
    redis.call('HDEL', meta, unpack(old, first, math.min(first + 999, #old)))
  end
  return kept
end
