-- Answers a call once, and tells every process that waits for it.
-- KEYS  1 call (hash)
-- ARGV  1 id   2 answer   3 ms the answer is kept   4 the prefix of a process's channel
-- Returns 1, or 0: the call is gone (a late answer) or answered already, and nothing changes.
local call = redis.call('HGETALL', KEYS[1])
if #call == 0 or redis.call('HEXISTS', KEYS[1], 'answer') == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'answer', ARGV[2])
redis.call('HDEL', KEYS[1], 'params')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
for i = 1, #call, 2 do
  if string.sub(call[i], 1, 1) == '>' then
    redis.call('PUBLISH', ARGV[4] .. string.sub(call[i], 2), 'a ' .. ARGV[1] .. ' ' .. ARGV[2])
  end
end
return 1
