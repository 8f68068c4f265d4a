-- Appends one entry to a shard's log, once for each (user, cid), under the next number of its room.
-- KEYS  1 log (stream)   2 numbers (hash room -> newest seq)   3 times (hash room -> ms of the newest entry)
--       4 cids of one bucket (hash user:cid -> "seq ms")       5 epoch
-- ARGV  1 the epoch the writer knows   2 room   3 user:cid   4 ms since 1970 until which the bucket is kept
--       5 the newest number of the room that the writer has read   6.. the entry's fields
-- Answers "seq ms". Errors, with nothing written: EPOCH (the log was started anew), BEHIND (it was rolled back).
-- All keys share one hash tag. The first write fails alone when Redis is full, so a number is never left without entry.
if redis.call('GET', KEYS[5]) ~= ARGV[1] then
  return redis.error_reply('EPOCH the log has another epoch')
end
local known = redis.call('HGET', KEYS[4], ARGV[3])
if known then
  return known
end
if tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or 0) < tonumber(ARGV[5]) then
  return redis.error_reply('BEHIND the log lacks what the writer has read of it')
end
local seq = redis.call('HINCRBY', KEYS[2], ARGV[2], 1)
local id = redis.call('XADD', KEYS[1], '*', 'seq', seq, unpack(ARGV, 6))
local ms = string.match(id, '^%d+')
local answer = seq .. ' ' .. ms
redis.call('HSET', KEYS[3], ARGV[2], ms)
redis.call('HSET', KEYS[4], ARGV[3], answer)
if redis.call('PEXPIRETIME', KEYS[4]) < tonumber(ARGV[4]) then
  redis.call('PEXPIREAT', KEYS[4], ARGV[4])
end
return answer
