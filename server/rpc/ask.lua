-- Asks once for each id: a known call is joined, a new one is queued if somebody serves its function.
-- KEYS  1 call (hash)   2 queue of the function (list)   3 workers of the function (sorted set)
-- ARGV  1 id   2 function   3 params   4 asking process   5 ms it may take   6 ms it is kept beyond that
--       7 calls that may wait in the queue
-- Returns WAITS, "ANSWERED {...}" (it was answered before), OTHER (the id belongs to another function), NOBODY, FULL.
-- Every key expires by itself: the call and the queue after the last caller's time.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local untilMs = now + ARGV[5]
local keep = ARGV[5] + ARGV[6]
local known = redis.call('HMGET', KEYS[1], 'fn', 'answer', 'until')
if known[1] then
  if known[1] ~= ARGV[2] then
    return 'OTHER'
  end
  if known[2] then
    return 'ANSWERED ' .. known[2]
  end
  redis.call('HSET', KEYS[1], '>' .. ARGV[4], 1, 'until', string.format('%.0f', math.max(untilMs, known[3])))
else
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
  if redis.call('ZCARD', KEYS[3]) == 0 then
    return 'NOBODY'
  end
  if redis.call('LLEN', KEYS[2]) >= tonumber(ARGV[7]) then
    return 'FULL'
  end
  redis.call('HSET', KEYS[1], 'fn', ARGV[2], 'params', ARGV[3], '>' .. ARGV[4], 1, 'until', string.format('%.0f', untilMs))
  redis.call('RPUSH', KEYS[2], ARGV[1])
end
for _, key in ipairs({ KEYS[1], KEYS[2] }) do
  if redis.call('PTTL', key) < keep then
    redis.call('PEXPIRE', key, keep)
  end
end
return 'WAITS'
