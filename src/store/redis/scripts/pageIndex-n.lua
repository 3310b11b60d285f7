-- The next sessions of a tenant in the order of a listing, for each of several buckets.
-- KEYS   the roots of buckets
-- ARGV   order (created, updated), encoded tenant, encoded user ('' for all), most entries of one bucket,
--        then for each bucket: time and id after which to begin ('' for the beginning)
-- Output for each bucket: { encoded session id, time, ... }

-- @include keys
-- @include session

local order, tenant, user, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

local function pageByCreation(key, afterTime, afterId)
  if afterTime == '' then
    return redis.call('ZRANGEBYSCORE', key, '-inf', '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
  end
  -- Those of the same time begin again, so they are asked for on top.
  local ties = redis.call('ZCOUNT', key, afterTime, afterTime)
  local page = redis.call('ZRANGEBYSCORE', key, afterTime, '+inf', 'WITHSCORES', 'LIMIT', 0, limit + ties)
  local found = {}
  for index = 1, #page, 2 do
    local isAfter = tonumber(page[index + 1]) > tonumber(afterTime) or page[index] > afterId
    if #found < 2 * limit and isAfter then
      found[#found + 1] = page[index]
      found[#found + 1] = page[index + 1]
    end
  end
  return found
end

local function isLater(left, right)
  if left.time ~= right.time then return left.time > right.time end
  return left.id > right.id
end

local function addEntries(entries, root, ids, after)
  for _, id in ipairs(ids) do
    local state = unpackState(redis.call('HGET', metaKey(root, tenant .. ':' .. id), 's'))
    -- A creation or a removal that was applied by half leaves an id without a session.
    local entry = state and { id = id, time = state[UPDATED] }
    if entry and (not after or isLater(after, entry)) then entries[#entries + 1] = entry end
  end
  table.sort(entries, isLater)
end

-- The index by activity says when a session was written at the latest, and at most INDEX_MS too late.
local function latestOfTenant(root, after)
  local key = root .. ':ta:' .. tenant
  local bound = after and digits(after.time + INDEX_MS) or '+inf'
  local entries, seen, count = {}, 0, 2 * limit
  while true do
    local page = redis.call('ZREVRANGEBYSCORE', key, bound, '-inf', 'WITHSCORES', 'LIMIT', seen, count)
    local ids = {}
    for index = 1, #page, 2 do ids[#ids + 1] = page[index] end
    addEntries(entries, root, ids, after)
    if #ids < count then return entries end
    if entries[limit] and entries[limit].time > tonumber(page[#page]) then return entries end
    seen, count = seen + count, 2 * count
  end
end

local function latestOfUser(root, after)
  local entries = {}
  addEntries(entries, root, redis.call('ZRANGE', root .. ':us:' .. tenant .. ':' .. user, 0, -1), after)
  return entries
end

local function pageByActivity(root, afterTime, afterId)
  local after = afterTime ~= '' and { time = tonumber(afterTime), id = afterId } or nil
  local entries = user == '' and latestOfTenant(root, after) or latestOfUser(root, after)
  local page = {}
  for index = 1, math.min(limit, #entries) do
    page[#page + 1] = entries[index].id
    page[#page + 1] = digits(entries[index].time)
  end
  return page
end

local pages = {}
for index = 1, countOfKeys() do
  local root, afterTime, afterId = KEYS[index], ARGV[2 * index + 3], ARGV[2 * index + 4]
  if order == 'updated' then
    pages[index] = pageByActivity(root, afterTime, afterId)
  else
    local key = user == '' and root .. ':tc:' .. tenant or root .. ':us:' .. tenant .. ':' .. user
    pages[index] = pageByCreation(key, afterTime, afterId)
  end
end
return pages
