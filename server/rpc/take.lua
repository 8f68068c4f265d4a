-- Takes a call that was in the queue. The same worker may take it again: its first answer may have been lost.
-- KEYS  1 call (hash)
-- ARGV  1 worker
-- Returns {fn, params, ms left}, or nil: it is gone, late, answered, or another worker's.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local call = redis.call('HMGET', KEYS[1], 'fn', 'params', 'until', 'worker', 'answer')
if not call[1] or call[5] or (call[4] and call[4] ~= ARGV[1]) then
  return nil
end
local left = call[3] - now
if left <= 0 then
  return nil
end
redis.call('HSET', KEYS[1], 'worker', ARGV[1])
return { call[1], call[2], string.format('%.0f', left) }
