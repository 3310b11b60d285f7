-- What all scripts know of the layout. `root` is the prefix of one bucket, `<namespace>:{<bucket>}`; every key of a session
-- begins with the root of its bucket, so that all of them live in one slot. `name` is the encoded `tenant:sessionId`.
--
--   <root>:m:<name>  hash    i incarnation, v version, h link, c created, u updated, x expires, d deadline, s sliding,
--                            f slides from, g open segment, e epoch, n counters, l encoded user, p labels,
--                            y z version and link of the snapshot, a when the expiry is looked at, k number of the life,
--                            q writers since b, w:<writer> and r:<writer> what is remembered, o:<id> outbox, t last settled
--   <root>:e:<name>  list    records, each behind its link of LINK characters
--   <root>:s:<name>  string  snapshot
--   <root>:ob        zset    "<name> <id>" of outbox entries by due time
--   <root>:ex        zset    name by the time at which its expiry is looked at
--   <root>:tu        hash    usage by encoded tenant
--   <root>:tc:<tenant>, <root>:ta:<tenant>, <root>:us:<tenant>:<user>  zset  encoded session id by creation, activity, creation
--
-- A session that is gone leaves k, w: and r: in its hash for the retry horizon: a hash without i.

local LINK = 13

local function nowMs(given)
  if given ~= '' then return tonumber(given) end
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

local function metaKey(root, name) return root .. ':m:' .. name end
local function logKey(root, name) return root .. ':e:' .. name end
local function snapshotKey(root, name) return root .. ':s:' .. name end
local function tenantOf(name) return string.match(name, '^[^:]*') end
local function idOf(name) return string.match(name, '[^:]*$') end

local function isExpired(expires, now)
  return expires and expires ~= '' and tonumber(expires) <= now
end

-- Whether a point is in the past of a session that has come to `version` and `link`.
local function hasPassed(log, point, version, link)
  if point.version == version then return point.link == link end
  if point.version > version then return false end
  local record = redis.call('LINDEX', log, point.version - 1)
  return record and string.sub(record, 1, LINK) == point.link
end

-- The records after `from` up to `to`, at most one page; returns the records and whether they are all.
local function tailOf(log, from, to, limit)
  if to <= from then return {}, 1 end
  local last = math.min(to, from + limit)
  return redis.call('LRANGE', log, from, last - 1), last == to and 1 or 0
end

-- When a session expires by its deadline, and by its sliding part counted from a time; '' for never.
local function expiryOf(deadline, sliding, from)
  if sliding == '' then return deadline end
  local slides = tonumber(from) + tonumber(sliding)
  if deadline == '' then return slides end
  return math.min(tonumber(deadline), slides)
end

-- A time as text, false for never.
local function timeText(time)
  if not time or time == '' then return false end
  return type(time) == 'number' and string.format('%.0f', time) or time
end

-- The fields of a living session in the order asked for, nil when there is none.
local function readAlive(root, name, now, ...)
  local values = redis.call('HMGET', metaKey(root, name), 'i', 'x', ...)
  if not values[1] or isExpired(values[2], now) then return nil end
  return values
end
