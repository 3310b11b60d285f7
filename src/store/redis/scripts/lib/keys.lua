-- Keys of a call without the two that come last in a cluster, under which nothing is stored: they end with a colon, as no other does.
local function countOfKeys()
  return string.sub(KEYS[#KEYS], -1) == ':' and #KEYS - 2 or #KEYS
end
