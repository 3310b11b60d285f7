-- Takes out of a log what was never recorded: moves that stand before the one that was recorded in their place. A server that
-- was killed while it wrote its append-only file may apply half of a script when it is started for the second time.
-- A log without a state is of a creation or of a removal: the session is not there, and everything of it goes.
-- KEYS   the root of the session's bucket
-- ARGV   now, name, retry horizon in ms
-- Output number of records that went, -1 when that does not mend it
-- @include session
-- @include usage
-- @include writers
-- @include retire

local PAGE = 256

local log = logKey(KEYS[1], ARGV[2])
local state = unpackState(redis.call('HGET', metaKey(KEYS[1], ARGV[2]), 's'))
local length = redis.call('LLEN', log)
if not state then
  local isLeft = length > 0 or redis.call('HEXISTS', metaKey(KEYS[1], ARGV[2]), 'l') == 1
  if isLeft then retire(KEYS[1], ARGV[2], ARGV[3], true) end
  return length
end
if isExpired(state, nowMs(ARGV[1])) then return 0 end
local surplus = length - state[VERSION]
if surplus == 0 then return 0 end

-- From the end: of two moves that end at one position the later one was recorded.
local kept, removed, position, isKept, index = {}, 0, state[VERSION], false, length
while index > 0 and removed < surplus do
  local first = math.max(0, index - PAGE)
  local page = redis.call('LRANGE', log, first, index - 1)
  for place = #page, 1, -1 do
    local record = page[place]
    if string.sub(record, 1, 1) ~= '.' then
      if removed == surplus then break end
      isKept = string.sub(record, HASH + 1, LINK) == string.format('%04x', position % POSITIONS)
    end
    if isKept then
      kept[#kept + 1] = record
      position = position - 1
    else
      removed = removed + 1
    end
    index = first + place - 1
  end
end
if removed ~= surplus then return -1 end
-- The tail is written anew behind what was looked at.
if index == 0 then redis.call('DEL', log) else redis.call('LTRIM', log, 0, index - 1) end
for place = #kept, 1, -1 do redis.call('RPUSH', log, kept[place]) end
return removed
