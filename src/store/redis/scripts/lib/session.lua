-- What all scripts know of the layout. `root` is the prefix of one bucket, `<namespace>:{<bucket>}`; every key of a session
-- begins with the root of its bucket, so that all of them live in one slot. `name` is the encoded `tenant:sessionId`.
--
--   <root>:m:<name>  hash    s state (below), l encoded user, p labels, y z version and link of the snapshot, o:<id> due time
--                            of an outbox entry, t and r marks of the calls that settled one last and that raised the epoch;
--                            w:<writer> and r:<writer> what is remembered; of a session that is gone: k number of its life,
--                            m mark of the call that removed it
--   <root>:e:<name>  list    records; the last one of a move behind the link of LINK characters, the others behind a dot
--   <root>:s:<name>  string  snapshot
--   <root>:ob        zset    "<name> <id>" of outbox entries by due time
--   <root>:ex        zset    name by the time at which its expiry is looked at
--   <root>:tu        hash    usage of sessions that are gone by encoded tenant
--   <root>:tc:<tenant>, <root>:ta:<tenant>, <root>:us:<tenant>:<user>  zset  encoded session id by creation, activity, creation
--
-- A session that is gone leaves k, m, w: and r: in its hash for the retry horizon: a hash without s.

local LINK = 13

-- The last characters of a link are the position of its record, so that a log can be mended: a server that is killed while it
-- writes its append-only file may keep the first commands of a script and apply them when it is started for the second time.
local HASH = 9
local POSITIONS = 65536

-- How far the index by activity may be ahead of a session, so that not every write has to touch it.
local INDEX_MS = 5000

-- What an append reads and writes is one field of packed numbers and three texts: a field each would cost several times as much.
-- Times are NEVER when there is none. INDEXED is the score in the index by activity, WATCHED the time at which the expiry is
-- looked at, OPERATION and FIRST are of the last write, which is of WRITER and at UPDATED. Usage is from USAGE on.
local NEVER = -1
local VERSION, UPDATED, CREATED, EXPIRES, DEADLINE, SLIDING, SLIDES_FROM, SEGMENT, EPOCH, LIFE = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
local WATCHED, INDEXED, WRITERS, PRUNED, OPERATION, FIRST, USAGE = 11, 12, 13, 14, 15, 16, 17
local INCARNATION, HISTORY, WRITER = 24, 25, 26
local STATE = '<dddddddddddddddddddddddHc0Hc0Hc0'

local function packState(s)
  return struct.pack(STATE, s[1], s[2], s[3], s[4], s[5], s[6], s[7], s[8], s[9], s[10], s[11], s[12], s[13], s[14], s[15],
    s[16], s[17], s[18], s[19], s[20], s[21], s[22], s[23], #s[INCARNATION], s[INCARNATION], #s[HISTORY], s[HISTORY],
    #s[WRITER], s[WRITER])
end

local function unpackState(text)
  return text and { struct.unpack(STATE, text) }
end

local function nowMs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function metaKey(root, name) return root .. ':m:' .. name end
local function logKey(root, name) return root .. ':e:' .. name end
-- The root and the name that a key of metaKey is made of; a name holds one colon.
local function placeOf(meta)
  local name = string.match(meta, '[^:]*:[^:]*$')
  return string.sub(meta, 1, -4 - #name), name
end
local function snapshotKey(root, name) return root .. ':s:' .. name end
local function tenantOf(name) return string.match(name, '^[^:]*') end
local function idOf(name) return string.match(name, '[^:]*$') end

-- A number as text: a command takes one through many digits.
local function digits(number) return string.format('%.0f', number) end

local function isExpired(state, now)
  return state[EXPIRES] ~= NEVER and state[EXPIRES] <= now
end

local function linkOf(hash, position)
  return string.sub(hash, 1, HASH) .. string.format('%04x', position % POSITIONS)
end

-- Whether a log holds more, or less, than was recorded.
local function isTorn(log, state)
  return redis.call('LLEN', log) ~= state[VERSION]
end

-- Whether a point is in the past of a session.
local function hasPassed(log, version, link, state)
  if version == state[VERSION] then return link == state[HISTORY] end
  if version > state[VERSION] then return false end
  local record = redis.call('LINDEX', log, version - 1)
  return record and string.sub(record, 1, LINK) == link
end

-- The records after `from` up to `to`, at most one page; returns the records and whether they are all.
local function tailOf(log, from, to, limit)
  if to <= from then return {}, 1 end
  local last = math.min(to, from + limit)
  return redis.call('LRANGE', log, from, last - 1), last == to and 1 or 0
end

-- When a session expires by its deadline and by its sliding part.
local function expiryOf(state)
  if state[SLIDING] == NEVER then return state[DEADLINE] end
  local slides = state[SLIDES_FROM] + state[SLIDING]
  if state[DEADLINE] == NEVER then return slides end
  return math.min(state[DEADLINE], slides)
end

-- A time as text, false for never.
local function timeText(time)
  return time ~= NEVER and digits(time)
end

-- The state of a living session and the fields asked for; nil when there is none.
local function readAlive(root, name, now, ...)
  local values = redis.call('HMGET', metaKey(root, name), 's', ...)
  local state = unpackState(values[1])
  if not state or isExpired(state, now) then return nil end
  return state, unpack(values, 2, select('#', ...) + 1)
end
