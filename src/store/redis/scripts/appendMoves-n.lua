-- Records moves of several sessions, each as a whole or not at all.
-- KEYS   the root of each move's bucket
-- ARGV   now ('' for the server's time), retry horizon in ms, longest tail, then for each move:
--        name, writer, operation, known incarnation ('' for none), known version, known link, 1 when nothing may have been
--        added, guard on the segment ('' for none), guard on the epoch, new open segment, absolute and sliding time to live
--        ('' for none), counters, labels ('' to keep), encoded user, incarnation to create with,
--        number of outbox ids to remove, the ids, number to add, id and due time of each, number of records, the records
-- Output one reply per move: { OK | DUPLICATE | CONFLICT, incarnation, version, link, first position of the tail, 1 when it is
--        whole, records, first position, expiry } | { STALE } | { FENCED, epoch } | { GONE, 1 recorded, 0 not, -1 unknown }
--        | { REGRESSED, incarnation or false, version, link } | { OVERFLOW }
-- @include codes
-- @include session
-- @include usage
-- @include writers
-- @include retire

local given = 3
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

-- One table of the right size from the start: growing it field by field costs as much as two commands.
local function takeMove(root)
  local name, writer, operationText = take(), take(), take()
  local incarnation, version, link = take(), take(), take()
  local known = incarnation ~= '' and { incarnation = incarnation, version = tonumber(version), link = link } or nil
  return {
    root = root, name = name, writer = writer, operationText = operationText, operation = tonumber(operationText),
    known = known, knownVersion = known and known.version or 0,
    isExpected = take() == '1', segment = take(), epoch = take(), openSegment = take(),
    absolute = take(), sliding = take(), usage = take(), labels = take(), user = take(), incarnation = take(),
    removals = takeMany(1), additions = takeMany(2), records = takeMany(1),
    meta = metaKey(root, name), log = logKey(root, name),
  }
end

local function readSession(move)
  local values = redis.call('HMGET', move.meta, 'i', 'v', 'h', 'u', 'x', 'd', 's', 'g', 'e', 'n', 'l', 'a', 'k', 'q',
    'b', 'w:' .. move.writer, 'r:' .. move.writer)
  return {
    incarnation = values[1], version = tonumber(values[2] or 0), link = values[3], updated = tonumber(values[4] or 0),
    expires = values[5], deadline = values[6], sliding = values[7], segment = values[8], epoch = values[9],
    usage = values[10], user = values[11], watched = values[12], life = values[13],
    writers = tonumber(values[14] or 0), pruned = tonumber(values[15] or 0), written = values[16], refused = values[17],
  }
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

local function reply(code, move, session, from, to)
  local tail, isWhole = tailOf(move.log, from, to, tonumber(ARGV[3]))
  return { code, session.incarnation, session.version, session.link, from + 1, isWhole, tail, session.first or 0,
    timeText(session.expires) }
end

local function meetsConditions(move, session)
  if move.isExpected and move.knownVersion ~= session.version then return false end
  return move.segment == '' or tonumber(move.segment) == tonumber(session.segment)
end

-- A late copy of a refused creation must not create the session anew once it is gone.
local function noteRefusedCreation(move, session, now)
  local operation = tonumber(string.match(session.refused or '0', '^%S+'))
  if operation >= move.operation then return end
  redis.call('HSET', move.meta, 'r:' .. move.writer,
    move.operationText .. ' ' .. string.format('%.0f', now) .. ' ' .. session.life)
  if not session.refused then redis.call('HINCRBY', move.meta, 'q', 1) end
end

local function refusal(move, session, now)
  local last = lastWrite(session.written, session.refused, session.life)
  if move.known and move.known.incarnation ~= session.incarnation then return gone(move, last) end
  if move.known and not hasPassed(move.log, move.known, session.version, session.link) then
    return { CODE.REGRESSED, session.incarnation, session.version, session.link }
  end
  if last and move.operation <= last.operation then
    if move.operation < last.operation or last.position < 1 then return lateCopy(move, last) end
    session.first = last.position
    return reply(CODE.DUPLICATE, move, session, move.knownVersion, session.version)
  end
  if move.epoch ~= '' and tonumber(move.epoch) < tonumber(session.epoch) then
    return { CODE.FENCED, tonumber(session.epoch) }
  end
  if meetsConditions(move, session) then return nil end
  if not move.known then noteRefusedCreation(move, session, now) end
  return reply(CODE.CONFLICT, move, session, move.knownVersion, session.version)
end

local function refusalOfMissing(move, session)
  local last = lastWrite(session.written, session.refused, nil)
  if move.known then
    if not session.life then return { CODE.REGRESSED, false } end
    return gone(move, last)
  end
  if last and move.operation <= last.operation then return lateCopy(move, last) end
  return nil
end

-- All records of a move carry the link of the move: a point of history is never between them.
local function pushRecords(move, session)
  local link = string.sub(redis.sha1hex(session.link .. '\0' .. move.writer .. '\0' .. move.operationText), 1, LINK)
  local elements, count = {}, 0
  for index = move.records.first, move.records.last do
    count = count + 1
    elements[count] = link .. ARGV[index]
  end
  redis.call('RPUSH', move.log, unpack(elements))
  session.first = session.version + 1
  session.version = session.version + count
  session.link = link
end

local function changeOutbox(move, fields)
  local outbox = move.root .. ':ob'
  for index = move.removals.first, move.removals.last do
    redis.call('HDEL', move.meta, 'o:' .. ARGV[index])
    redis.call('ZREM', outbox, move.name .. ' ' .. ARGV[index])
  end
  for index = move.additions.first, move.additions.last, 2 do
    fields[#fields + 1] = 'o:' .. ARGV[index]
    fields[#fields + 1] = ARGV[index + 1]
    redis.call('ZADD', outbox, ARGV[index + 1], move.name .. ' ' .. ARGV[index])
  end
end

local function changeLabels(move, session, tenant, id, fields)
  if move.labels == '' then return end
  fields[#fields + 1] = 'p'
  fields[#fields + 1] = move.labels
  if move.user == (session.user or '') then return end
  fields[#fields + 1] = 'l'
  fields[#fields + 1] = move.user
  local users = move.root .. ':us:' .. tenant .. ':'
  if session.user and session.user ~= '' then redis.call('ZREM', users .. session.user, id) end
  if move.user == '' then return end
  redis.call('ZADD', users .. move.user, session.created or redis.call('HGET', move.meta, 'c'), id)
end

local function createSession(move, session, now)
  local life = string.format('%.0f', tonumber(session.life or 0) + 1)
  local deadline = move.absolute == '' and '' or now + tonumber(move.absolute)
  session.incarnation, session.life, session.version = move.incarnation, life, 0
  session.link = redis.sha1hex(move.name .. '\0' .. move.incarnation)
  session.deadline, session.sliding = deadline, move.sliding
  session.segment, session.epoch, session.user = 1, 0, nil
  session.created, session.watched, session.pruned = now, nil, now
end

local function record(move, session, now)
  -- As text: a command takes a number through many digits.
  local nowText = string.format('%.0f', now)
  local tenant, id = tenantOf(move.name), idOf(move.name)
  local isNew = not session.incarnation
  local usage = addUsage(not isNew and session.usage, move.usage, 1)
  local usageKey = move.root .. ':tu'
  local tenantUsage = addUsage(redis.call('HGET', usageKey, tenant), move.usage, 1)
  if not usage or not tenantUsage then return { CODE.OVERFLOW } end
  if isNew then createSession(move, session, now) end
  -- First of all commands: on a full server it fails, and nothing has changed.
  pushRecords(move, session)
  session.expires = expiryOf(session.deadline, session.sliding, now)
  local epoch = move.epoch == '' and session.epoch or move.epoch
  local segment = move.openSegment == '' and session.segment or move.openSegment
  local write = move.operationText .. ' ' .. session.first .. ' ' .. nowText .. ' ' .. session.life
  local fields = { 'v', session.version, 'h', session.link, 'u', nowText, 'f', nowText, 'x', session.expires,
    'n', usage, 'g', segment, 'e', epoch, 'w:' .. move.writer, write }
  if isNew then
    for _, value in ipairs({ 'i', session.incarnation, 'c', nowText, 'd', session.deadline, 's', session.sliding,
      'k', session.life, 'b', nowText }) do fields[#fields + 1] = value end
    redis.call('ZADD', move.root .. ':tc:' .. tenant, nowText, id)
    redis.call('PERSIST', move.meta)
  end
  if not session.written then
    fields[#fields + 1] = 'q'
    fields[#fields + 1] = session.writers + 1
  end
  changeOutbox(move, fields)
  changeLabels(move, session, tenant, id, fields)
  if session.expires ~= '' and (not session.watched or session.watched == '' or
      tonumber(session.watched) > tonumber(session.expires)) then
    redis.call('ZADD', move.root .. ':ex', session.expires, move.name)
    fields[#fields + 1] = 'a'
    fields[#fields + 1] = session.expires
  end
  redis.call('HSET', move.meta, unpack(fields))
  redis.call('ZADD', move.root .. ':ta:' .. tenant, nowText, id)
  redis.call('HSET', usageKey, tenant, tenantUsage)
  -- By age alone: a table bounded by count lets a late copy in as soon as enough other writers came between.
  local horizon = tonumber(ARGV[2])
  if session.writers >= 8 and now - session.pruned > horizon then
    redis.call('HSET', move.meta, 'q', forgetWriters(move.meta, now - horizon), 'b', now)
  end
  return reply(CODE.OK, move, session, move.knownVersion, session.first - 1)
end

local function appendMove(root, now)
  local move = takeMove(root)
  local session = readSession(move)
  -- A clock that was set back stands still instead.
  local at = math.max(now, session.updated)
  if session.incarnation and isExpired(session.expires, at) then
    retire(root, move.name, ARGV[2])
    session = readSession(move)
  end
  local refused
  if session.incarnation then refused = refusal(move, session, at) else refused = refusalOfMissing(move, session) end
  return refused or record(move, session, at)
end

local now = nowMs(ARGV[1])
local replies = {}
for index = 1, #KEYS do replies[index] = appendMove(KEYS[index], now) end
return replies
