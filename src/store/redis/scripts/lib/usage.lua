-- Counters as text: events, messages, toolCalls, unpricedCalls, tokens, and the cost in two parts of base 10^15, since a Lua
-- number is exact up to 2^53 only.

local COST_BASE = 1e15
local MAX_EXACT = 9007199254740991

local COUNTERS = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'

local function isExact(number)
  return number <= MAX_EXACT and number >= -MAX_EXACT
end

-- The sums with the counters added (sign 1) or taken out (-1); nil when one of them would not be exact.
local function addUsage(sum, delta, sign)
  if not sum and sign == 1 then return delta end
  local events, messages, tools, unpriced, tokens, high, low = string.match(sum or '0 0 0 0 0 0 0', COUNTERS)
  local events2, messages2, tools2, unpriced2, tokens2, high2, low2 = string.match(delta, COUNTERS)
  events, messages, tools = events + sign * events2, messages + sign * messages2, tools + sign * tools2
  unpriced, tokens = unpriced + sign * unpriced2, tokens + sign * tokens2
  high, low = high + sign * high2, low + sign * low2
  if not (isExact(events) and isExact(messages) and isExact(tools) and isExact(unpriced) and isExact(tokens)
      and isExact(high)) then return nil end
  if low >= COST_BASE or low <= -COST_BASE then
    local carry = low > 0 and math.floor(low / COST_BASE) or math.ceil(low / COST_BASE)
    high = high + carry
    low = low - carry * COST_BASE
  end
  return string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f', events, messages, tools, unpriced, tokens, high, low)
end
