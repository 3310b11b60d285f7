-- Counters as text: events, messages, toolCalls, unpricedCalls, tokens, and the cost in two parts of base 10^15, since a Lua
-- number is exact up to 2^53 only.

local COST_BASE = 1e15
local MAX_EXACT = 9007199254740991

local function numbersOf(text)
  local numbers = {}
  for part in string.gmatch(text, '%S+') do numbers[#numbers + 1] = tonumber(part) end
  return numbers
end

-- The sums with the counters added (sign 1) or taken out (-1); nil when one of them would not be exact.
local function addUsage(sum, delta, sign)
  if not sum then sum = '0 0 0 0 0 0 0' end
  local left, right = numbersOf(sum), numbersOf(delta)
  for index = 1, 7 do
    left[index] = left[index] + sign * right[index]
    if math.abs(left[index]) > MAX_EXACT then return nil end
  end
  if math.abs(left[7]) >= COST_BASE then
    local carry = left[7] > 0 and math.floor(left[7] / COST_BASE) or math.ceil(left[7] / COST_BASE)
    left[6] = left[6] + carry
    left[7] = left[7] - carry * COST_BASE
  end
  return string.format('%.0f %.0f %.0f %.0f %.0f %.0f %.0f', unpack(left))
end
