-- The next sessions of a tenant in the order of a listing, for each of several buckets.
-- KEYS   the roots of buckets
-- ARGV   order (created, updated), encoded tenant, encoded user ('' for all), most entries of one bucket,
--        then for each bucket: time and id after which to begin ('' for the beginning)
-- Output for each bucket: { encoded session id, time, ... }

local order, tenant, user, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local isUpdated = order == 'updated'

local function isAfter(time, id, afterTime, afterId)
  if time ~= afterTime then return (time > afterTime) ~= isUpdated end
  return id ~= afterId and (id > afterId) ~= isUpdated
end

local function range(key, from, count)
  if isUpdated then return redis.call('ZREVRANGEBYSCORE', key, from, '-inf', 'WITHSCORES', 'LIMIT', 0, count) end
  return redis.call('ZRANGEBYSCORE', key, from, '+inf', 'WITHSCORES', 'LIMIT', 0, count)
end

local function pageOfTenant(key, afterTime, afterId)
  if afterTime == '' then return range(key, isUpdated and '+inf' or '-inf', limit) end
  -- Those of the same time begin again, so they are asked for on top.
  local ties = redis.call('ZCOUNT', key, afterTime, afterTime)
  local page, found = range(key, afterTime, limit + ties), {}
  for index = 1, #page, 2 do
    if #found < 2 * limit and isAfter(tonumber(page[index + 1]), page[index], tonumber(afterTime), afterId) then
      found[#found + 1] = page[index]
      found[#found + 1] = page[index + 1]
    end
  end
  return found
end

local function latestOfUser(root, key, afterTime, afterId)
  local entries = {}
  for _, id in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    local time = redis.call('ZSCORE', root .. ':ta:' .. tenant, id)
    if time and (afterTime == '' or isAfter(tonumber(time), id, tonumber(afterTime), afterId)) then
      entries[#entries + 1] = { id = id, time = tonumber(time), text = time }
    end
  end
  table.sort(entries, function(left, right)
    if left.time ~= right.time then return left.time > right.time end
    return left.id > right.id
  end)
  local page = {}
  for index = 1, math.min(limit, #entries) do
    page[#page + 1] = entries[index].id
    page[#page + 1] = entries[index].text
  end
  return page
end

local pages = {}
for index = 1, #KEYS do
  local root, afterTime, afterId = KEYS[index], ARGV[2 * index + 3], ARGV[2 * index + 4]
  if user ~= '' and isUpdated then
    pages[index] = latestOfUser(root, root .. ':us:' .. tenant .. ':' .. user, afterTime, afterId)
  elseif user ~= '' then
    pages[index] = pageOfTenant(root .. ':us:' .. tenant .. ':' .. user, afterTime, afterId)
  else
    pages[index] = pageOfTenant(root .. (isUpdated and ':ta:' or ':tc:') .. tenant, afterTime, afterId)
  end
end
return pages
