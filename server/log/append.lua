-- Appends entries to a shard's log, in this order, each once for its (user, cid), under the next number of its room.
-- KEYS  1 log (stream)   2 numbers (hash room -> newest seq)   3 times (hash room -> ms of the newest entry)   4 epoch
--       5.. of each entry: the cids of its bucket (hash user:cid -> "seq ms")
-- ARGV  1 the epoch the writer knows
--       2.. of each entry: room, user:cid, ms since 1970 until which the bucket is kept, the newest number of the room that
--       the writer has read, how many words its fields have, and these
-- Answers of each "seq ms", or "BEHIND" with nothing of it written: the log was rolled back. Errors, with nothing written:
-- EPOCH (the log was started anew).
-- All keys share one hash tag. Redis refuses by OOM before the first write of a script or not at all, and the first write is
-- that of an entry, so neither a number is left without its entry nor a part of the entries refused.
if redis.call('GET', KEYS[4]) ~= ARGV[1] then
  return redis.error_reply('EPOCH the log has another epoch')
end
local answers, times, ends = {}, {}, {}
local at = 2
for place = 1, #KEYS - 4 do
  local bucket = KEYS[place + 4]
  local room, field, keep, read, words = unpack(ARGV, at, at + 4)
  local answer = redis.call('HGET', bucket, field)
  if not answer then
    local head = tonumber(redis.call('HGET', KEYS[2], room) or 0)
    if head < tonumber(read) then
      answer = 'BEHIND'
    else
      local seq = head + 1
      local id = redis.call('XADD', KEYS[1], '*', 'seq', seq, unpack(ARGV, at + 5, at + 4 + words))
      redis.call('HSET', KEYS[2], room, seq)
      times[room] = string.match(id, '^%d+')
      answer = seq .. ' ' .. times[room]
      redis.call('HSET', bucket, field, answer)
      ends[bucket] = math.max(ends[bucket] or 0, tonumber(keep))
    end
  end
  answers[place] = answer
  at = at + 5 + words
end
for room, ms in pairs(times) do
  redis.call('HSET', KEYS[3], room, ms)
end
for bucket, keep in pairs(ends) do
  if redis.call('PEXPIRETIME', bucket) < keep then
    redis.call('PEXPIREAT', bucket, string.format('%d', keep))
  end
end
return answers
