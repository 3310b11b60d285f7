-- Records a move of any kind, or says why not. It takes its arguments from `given` on, the last one that was taken.
-- @include session
-- @include usage
-- @include writers
-- @include retire
-- @include moves

local function take()
  given = given + 1
  return ARGV[given]
end
local function takeMany(width)
  local first = given + 2
  local count = tonumber(take()) * width
  given = given + count
  return { first = first, last = given }
end

local READERS = {
  x = function(move) move.isExpected = true end,
  c = function(move)
    move.absolute, move.sliding = tonumber(take()) or NEVER, tonumber(take()) or NEVER
    move.incarnation = take()
  end,
  g = function(move) move.segment = tonumber(take()) end,
  e = function(move) move.epoch = tonumber(take()) end,
  s = function(move) move.openSegment = tonumber(take()) end,
  l = function(move) move.labels, move.user = take(), take() end,
  q = function(move) move.removals, move.additions = takeMany(1), takeMany(2) end,
}

local HEAD = '^(%a*) (%d+) (%d+) (%d+) (.*)$'

local function takeMove(meta, log)
  local writer, incarnation, link = ARGV[given + 1], ARGV[given + 2], ARGV[given + 3]
  local letters, operation, version, count, usage = string.match(ARGV[given + 4], HEAD)
  given = given + 4
  local root, name = placeOf(meta)
  -- One table of the right size from the start: growing it field by field costs as much as two commands.
  local move = {
    root = root, name = name, writer = writer, operationText = operation, operation = tonumber(operation),
    known = incarnation ~= '' and incarnation, version = tonumber(version), link = link, usage = usage,
    meta = meta, log = log, first = 0, last = 0,
  }
  if letters ~= '' then
    for letter in string.gmatch(letters, '.') do READERS[letter](move) end
  end
  move.first = given + 1
  given = given + tonumber(count)
  move.last = given
  return move
end

local function lateCopy(move, last)
  if move.operation < last.operation then return { CODE.STALE } end
  return { CODE.GONE, last.isRecorded and 1 or 0 }
end

-- Only the last write of a writer is remembered: what became of those before it is not known.
local function gone(move, last)
  if last and last.operation > move.operation then return { CODE.GONE, -1 } end
  local isLast = last and last.operation == move.operation
  return { CODE.GONE, isLast and last.isRecorded and 1 or 0 }
end

local function reply(code, move, state, to, first)
  local tail, isWhole = tailOf(move.log, move.version, to, tonumber(ARGV[3]))
  return { code, state[INCARNATION], state[VERSION], state[HISTORY], move.version + 1, isWhole, tail, first,
    timeText(state[EXPIRES]) }
end

local function meetsConditions(move, state)
  if move.isExpected and (not move.known or move.version ~= state[VERSION]) then return false end
  return not move.segment or move.segment == state[SEGMENT]
end

-- What is remembered of the writer of a move; its own fields need no look when it wrote last.
local function recall(move, state)
  if state and state[WRITER] == move.writer then
    return { operation = state[OPERATION], position = state[FIRST], isRecorded = true }
  end
  local fields = redis.call('HMGET', move.meta, 'w:' .. move.writer, 'r:' .. move.writer, 'k', 'l')
  move.isNewWriter, move.refused, move.life = not fields[1], fields[2], tonumber(fields[3])
  -- A removal that was applied by half left the user, who is not that of a session to come.
  if not state and fields[4] then
    retire(move.root, move.name, ARGV[2], true)
    move.life = tonumber(redis.call('HGET', move.meta, 'k'))
  end
  return lastWrite(fields[1], fields[2], state and state[LIFE])
end

-- A late copy of a refused creation must not create the session anew once it is gone.
local function noteRefusedCreation(move, state, now)
  local operation = tonumber(string.match(move.refused or '0', '^%S+'))
  if operation >= move.operation then return end
  if not move.refused then state[WRITERS] = state[WRITERS] + 1 end
  redis.call('HSET', move.meta, 's', packState(state),
    'r:' .. move.writer, move.operationText .. ' ' .. digits(now) .. ' ' .. digits(state[LIFE]))
end

local function refusal(move, state, last, now)
  if move.known and move.known ~= state[INCARNATION] then return gone(move, last) end
  if move.known and not hasPassed(move.log, move.version, move.link, state) then
    if isTorn(move.log, state) then return { CODE.TORN } end
    return { CODE.REGRESSED, state[INCARNATION], state[VERSION], state[HISTORY] }
  end
  if last and move.operation <= last.operation then
    if move.operation < last.operation or last.position < 1 then return lateCopy(move, last) end
    return reply(CODE.DUPLICATE, move, state, state[VERSION], last.position)
  end
  if move.epoch and move.epoch < state[EPOCH] then return { CODE.FENCED, state[EPOCH] } end
  if meetsConditions(move, state) then return nil end
  if not move.known then noteRefusedCreation(move, state, now) end
  return reply(CODE.CONFLICT, move, state, state[VERSION], 0)
end

local function refusalOfMissing(move, last)
  if move.known then
    if not move.life then return { CODE.REGRESSED, false } end
    return gone(move, last)
  end
  if last and move.operation <= last.operation then return lateCopy(move, last) end
  return nil
end

local function newState(move, now)
  local deadline = move.absolute == NEVER and NEVER or now + move.absolute
  local link = linkOf(redis.sha1hex(move.name .. '\0' .. move.incarnation), 0)
  return { 0, now, now, NEVER, deadline, move.sliding, now, 1, 0, (move.life or 0) + 1, NEVER, NEVER, 0, now, 0, 0,
    0, 0, 0, 0, 0, 0, 0, move.incarnation, link, move.writer }
end

-- The link that the last record of a move gets; the one it came with is that of another place when others wrote meanwhile.
local function putLink(move, state)
  local version = state[VERSION] + move.last - move.first + 1
  local link = linkOf(redis.sha1hex(state[HISTORY] .. '\0' .. move.writer .. '\0' .. move.operationText), version)
  local record = ARGV[move.last]
  if string.sub(record, 1, LINK) ~= link then ARGV[move.last] = link .. string.sub(record, LINK + 1) end
  return link
end

local function addToOutbox(move, fields)
  local outbox = move.root .. ':ob'
  for index = move.additions.first, move.additions.last, 2 do
    fields[#fields + 1] = 'o:' .. ARGV[index]
    fields[#fields + 1] = ARGV[index + 1]
    redis.call('ZADD', outbox, ARGV[index + 1], move.name .. ' ' .. ARGV[index])
  end
end

local function changeLabels(move, state, fields)
  fields[#fields + 1] = 'p'
  fields[#fields + 1] = move.labels
  local user = redis.call('HGET', move.meta, 'l') or ''
  if move.user == user then return end
  fields[#fields + 1] = 'l'
  fields[#fields + 1] = move.user
  local id = idOf(move.name)
  local users = move.root .. ':us:' .. tenantOf(move.name) .. ':'
  if user ~= '' then move.formerUser = users .. user end
  if move.user ~= '' then redis.call('ZADD', users .. move.user, digits(state[CREATED]), id) end
end

-- What goes with a move stands behind its state: of a write that was applied by half too much is left, and nothing is missing.
local function removeFormer(move, present)
  if not present and move.life then redis.call('HDEL', move.meta, 'k', 'm') end
  if move.formerUser then redis.call('ZREM', move.formerUser, idOf(move.name)) end
  if not move.removals then return end
  local isAdded = {}
  for index = move.additions.first, move.additions.last, 2 do isAdded[ARGV[index]] = true end
  for index = move.removals.first, move.removals.last do
    if not isAdded[ARGV[index]] then
      redis.call('HDEL', move.meta, 'o:' .. ARGV[index])
      redis.call('ZREM', move.root .. ':ob', move.name .. ' ' .. ARGV[index])
    end
  end
end

-- Indexes are touched only when they would say something wrong otherwise.
local function changeIndexes(move, state, isNew)
  if isNew then
    redis.call('ZADD', move.root .. ':tc:' .. tenantOf(move.name), digits(state[CREATED]), idOf(move.name))
  end
  if state[UPDATED] > state[INDEXED] then
    state[INDEXED] = state[UPDATED] + INDEX_MS
    redis.call('ZADD', move.root .. ':ta:' .. tenantOf(move.name), digits(state[INDEXED]), idOf(move.name))
  end
  if state[EXPIRES] == NEVER or (state[WATCHED] ~= NEVER and state[WATCHED] <= state[EXPIRES]) then return end
  state[WATCHED] = state[EXPIRES]
  redis.call('ZADD', move.root .. ':ex', digits(state[EXPIRES]), move.name)
end

-- By age alone: a table bounded by count lets a late copy in as soon as enough other writers came between.
local function prune(move, state, now)
  local horizon = tonumber(ARGV[2])
  if state[WRITERS] < 8 or now - state[PRUNED] <= horizon then return end
  state[WRITERS], state[PRUNED] = forgetWriters(move.meta, now - horizon) + 1, now
end

local function record(move, present, now)
  local state = present or newState(move, now)
  if not addUsage(state, string.match(move.usage, COUNTERS)) then return { CODE.OVERFLOW } end
  -- First of all commands: on a full server it fails, and nothing has changed.
  local before = state[WRITER] ~= move.writer and writeText(state)
  if not pushRecords(move.log, state, putLink(move, state), move.first, move.last) then return { CODE.TORN } end
  local fields = nil
  if before or not present or move.labels or move.removals then fields = {} end
  if before then fields[1], fields[2] = 'w:' .. state[WRITER], before end
  if move.isNewWriter then state[WRITERS] = state[WRITERS] + 1 end
  if not present then redis.call('PERSIST', move.meta) end
  state[WRITER], state[OPERATION], state[UPDATED], state[SLIDES_FROM] = move.writer, move.operation, now, now
  state[SEGMENT], state[EPOCH] = move.openSegment or state[SEGMENT], move.epoch or state[EPOCH]
  state[EXPIRES] = expiryOf(state)
  if move.labels then changeLabels(move, state, fields) end
  if move.removals then addToOutbox(move, fields) end
  changeIndexes(move, state, not present)
  prune(move, state, now)
  if fields then
    redis.call('HSET', move.meta, 's', packState(state), unpack(fields))
    removeFormer(move, present)
  else
    redis.call('HSET', move.meta, 's', packState(state))
  end
  if state[FIRST] == move.version + 1 then
    return answer(state)
  end
  return reply(CODE.OK, move, state, state[FIRST] - 1, state[FIRST])
end

local function appendInFull(meta, log, state, now)
  local move = takeMove(meta, log)
  -- A clock that was set back stands still instead.
  local at = state and math.max(now, state[UPDATED]) or now
  if state and isExpired(state, at) then
    retire(move.root, move.name, ARGV[2], false)
    state = nil
  end
  local last = recall(move, state)
  local refused
  if state then refused = refusal(move, state, last, at) else refused = refusalOfMissing(move, last) end
  return refused or record(move, state, at)
end
