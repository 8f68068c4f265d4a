-- Appends entries of one room, all of them or none, each once for its (user, cid), under dense numbers in this order.
-- The rules of each are those of append.lua.
-- KEYS  1 log (stream)   2 numbers   3 times   4 epoch   5.. of each entry: the cids of its bucket
-- ARGV  1 the epoch the writer knows   2 room   3 the newest number of the room that the writer has read
--       4.. of each entry: user:cid, ms since 1970 until which the bucket is kept, the places (from 1) among these of the
--       entry that it answers and of the one whose thread it is in, as "answered,thread", each 0 for none; its body, how
--       many other fields, and these
-- Answers "seq ms" of each. Errors, with nothing written: EPOCH, BEHIND; OOM comes before the first write or not at all.
if redis.call('GET', KEYS[4]) ~= ARGV[1] then
  return redis.error_reply('EPOCH the log has another epoch')
end
local room = ARGV[2]
local answers = {}
local seqs = {}
local at = 4
for place = 1, #KEYS - 4 do
  local bucket = KEYS[place + 4]
  local field, keep, answered, body, count = unpack(ARGV, at, at + 4)
  local answer = redis.call('HGET', bucket, field)
  if not answer then
    if tonumber(redis.call('HGET', KEYS[2], room) or 0) < tonumber(ARGV[3]) then
      return redis.error_reply('BEHIND the log lacks what the writer has read of it')
    end
    local reply, thread = string.match(answered, '^(%d+),(%d+)$')
    if reply ~= '0' then
      body = '{"replyTo":' .. seqs[tonumber(reply)] .. ',' .. string.sub(body, 2)
    end
    if thread ~= '0' then
      body = '{"thread":' .. seqs[tonumber(thread)] .. ',' .. string.sub(body, 2)
    end
    local seq = redis.call('HINCRBY', KEYS[2], room, 1)
    local id = redis.call('XADD', KEYS[1], '*', 'seq', seq, 'body', body, unpack(ARGV, at + 5, at + 4 + count))
    local ms = string.match(id, '^%d+')
    answer = seq .. ' ' .. ms
    redis.call('HSET', KEYS[3], room, ms)
    redis.call('HSET', bucket, field, answer)
    if redis.call('PEXPIRETIME', bucket) < tonumber(keep) then
      redis.call('PEXPIREAT', bucket, keep)
    end
  end
  seqs[place] = string.match(answer, '^%d+')
  answers[place] = answer
  at = at + 5 + count
end
return answers
