-- Counters: events, messages, toolCalls, unpricedCalls, tokens, and the cost in two parts of base 10^15, since a Lua number is
-- exact up to 2^53 only. As text with a space between them, or in a state from USAGE on.

local COST_BASE = 1e15
local MAX_EXACT = 9007199254740991

local COUNTERS = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$'

local function carried(high, low)
  if low < COST_BASE and low > -COST_BASE then return high, low end
  local carry = low > 0 and math.floor(low / COST_BASE) or math.ceil(low / COST_BASE)
  return high + carry, low - carry * COST_BASE
end

local function usageText(state)
  return string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f', unpack(state, USAGE, USAGE + 6))
end

-- Adds counters to those of a state; false, and nothing changes, when one of them would not be exact.
local function addUsage(state, events, messages, tools, unpriced, tokens, high, low)
  events, messages, tools = state[USAGE] + events, state[USAGE + 1] + messages, state[USAGE + 2] + tools
  unpriced, tokens = state[USAGE + 3] + unpriced, state[USAGE + 4] + tokens
  high, low = carried(state[USAGE + 5] + high, state[USAGE + 6] + low)
  local isExact = events <= MAX_EXACT and messages <= MAX_EXACT and tools <= MAX_EXACT and unpriced <= MAX_EXACT
    and tokens <= MAX_EXACT and high <= MAX_EXACT and events >= -MAX_EXACT and messages >= -MAX_EXACT
    and tools >= -MAX_EXACT and unpriced >= -MAX_EXACT and tokens >= -MAX_EXACT and high >= -MAX_EXACT
  if not isExact then return false end
  state[USAGE], state[USAGE + 1], state[USAGE + 2], state[USAGE + 3] = events, messages, tools, unpriced
  state[USAGE + 4], state[USAGE + 5], state[USAGE + 6] = tokens, high, low
  return true
end

-- The sum of two texts. It may be inexact, which whoever reads it sees.
local function sumUsage(left, right)
  local sum = { string.match(left, COUNTERS) }
  for index, value in ipairs({ string.match(right, COUNTERS) }) do sum[index] = sum[index] + value end
  sum[6], sum[7] = carried(sum[6], sum[7])
  return string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f', unpack(sum))
end
