-- Asks whoever runs a job to stop.
-- KEYS: 1 the job, 2 active jobs
-- ARGV: 1 id
-- Output: 1, or 0 when it does not run
if not redis.call('LPOS', KEYS[2], ARGV[1]) then return 0 end
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'isCancelled', '1')
return 1
