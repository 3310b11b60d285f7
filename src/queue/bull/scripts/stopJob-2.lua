-- Asks whoever runs a job to stop.
-- KEYS: 1 active jobs, 2 cancelled jobs
-- ARGV: 1 id, 2 now in ms, 3 how long that is remembered in ms
-- Output: 1, or 0 when it does not run
if not redis.call('LPOS', KEYS[1], ARGV[1]) then return 0 end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', tonumber(ARGV[2]) - tonumber(ARGV[3]))
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[1])
return 1
