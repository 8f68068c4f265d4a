-- A process no longer waits for a call. If it was the last one, the call is removed and its worker told.
-- KEYS  1 call (hash)   2 queue of the function (list)
-- ARGV  1 id   2 leaving process   3 the prefix of a process's channel
local call = redis.call('HGETALL', KEYS[1])
if #call == 0 or redis.call('HEXISTS', KEYS[1], 'answer') == 1 then
  return
end
local worker
for i = 1, #call, 2 do
  if string.sub(call[i], 1, 1) == '>' and call[i] ~= '>' .. ARGV[2] then
    redis.call('HDEL', KEYS[1], '>' .. ARGV[2])
    return
  elseif call[i] == 'worker' then
    worker = call[i + 1]
  end
end
redis.call('DEL', KEYS[1])
if worker then
  redis.call('PUBLISH', ARGV[3] .. worker, 'c ' .. ARGV[1])
else
  redis.call('LREM', KEYS[2], 1, ARGV[1])
end
