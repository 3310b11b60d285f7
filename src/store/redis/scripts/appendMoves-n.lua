-- Records moves of several sessions, each as a whole or not at all.
-- KEYS   the hash and the log of each move's session
-- ARGV   now ('' for the server's time), retry horizon in ms, longest tail, then for each move:
--        writer, known incarnation ('' for none), known link, "<letters of what else is given> <operation>
--        <known version> <number of records> <counters>"; what the letters say, in this order:
--          x nothing may have been added · c absolute and sliding time to live ('' for none), incarnation to create with ·
--          g guard on the segment · e guard on the epoch · s new open segment · l labels, encoded user ·
--          q number of outbox ids to remove, the ids, number to add, id and due time of each
--        the records, each behind a dot but the last one, which stands behind the link it has right behind the known version
-- Output one reply per move: "<link>" or "<link> <expiry>" when it is recorded right behind the known version
--        | { OK | DUPLICATE | CONFLICT, incarnation, version, link, first position of the tail, 1 when it is whole, records,
--            first position, expiry } | { STALE } | { FENCED, epoch } | { GONE, 1 recorded, 0 not, -1 unknown }
--        | { REGRESSED, incarnation or false, version, link } | { OVERFLOW } | { TORN } when the log has to be mended first
-- @include keys
-- @include session
-- @include usage
-- @include moves

-- The last argument that was taken.
local given = 3

-- What stands before the records of a move with nothing besides. In one argument, since each costs the server as much as to read
-- it out of a text.
local NEXT = '^ (%d+) (%d+) (%d+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'

-- As nearly all moves are: the next write of the writer that wrote last, right behind what it knows, with nothing besides, to a
-- session whose indexes say what is right after it too: an expiry only gets later, and is looked at when it was earlier. Nil when
-- it is another, and nothing is taken or changed. Without the table of a move, what is remembered of its writer, the looks at what
-- it might be, and a link made here with a copy of the record behind it, a move of eight records costs a fifth less.
local function recordNext(meta, log, state, now)
  local writer, incarnation, known, text = ARGV[given + 1], ARGV[given + 2], ARGV[given + 3], ARGV[given + 4]
  if writer ~= state[WRITER] or known ~= state[HISTORY] or incarnation ~= state[INCARNATION] then return nil end
  local at = now > state[UPDATED] and now or state[UPDATED]
  if at > state[INDEXED] or at < state[SLIDES_FROM] or state[WRITERS] >= 8 then return nil end
  local expires = state[EXPIRES]
  if expires ~= NEVER and expires <= at then return nil end
  local operation, version, count, events, messages, tools, unpriced, tokens, high, low = string.match(text, NEXT)
  operation, version = tonumber(operation), tonumber(version)
  if not operation or operation <= state[OPERATION] or version ~= state[VERSION] then return nil end
  if not addUsage(state, events, messages, tools, unpriced, tokens, high, low) then return nil end
  local first = given + 5
  given = given + 4 + count
  if not pushRecords(log, state, string.sub(ARGV[given], 1, LINK), first, given) then return { CODE.TORN } end
  state[OPERATION], state[UPDATED], state[SLIDES_FROM] = operation, at, at
  if expires ~= NEVER then state[EXPIRES] = expiryOf(state) end
  redis.call('HSET', meta, 's', packState(state))
  return answer(state)
end

-- Made when a move of another kind comes: to make its functions takes the server 13 µs, most of what a move of one record does.
-- @later appendInFull

local function appendMove(meta, log, now)
  local state = unpackState(redis.call('HGET', meta, 's'))
  return state and recordNext(meta, log, state, now) or appendInFull(meta, log, state, now)
end

local now = nowMs(ARGV[1])
local replies = {}
for index = 1, countOfKeys() / 2 do replies[index] = appendMove(KEYS[2 * index - 1], KEYS[2 * index], now) end
return replies
