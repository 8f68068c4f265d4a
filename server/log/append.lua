-- Appends entries to a shard's log, in this order, each once for its (user, cid), under the next number of its room.
-- KEYS  1 log (stream)   2 numbers (hash room -> newest seq)   3 times (hash room -> ms of the newest entry)   4 epoch
--       5 the buckets of cids (sorted set bucket -> ms)   6 the newest bucket that was forgotten (forget-cids.lua)
--       7.. of each entry: the cids of its bucket (hash user:cid -> "seq ms use")
-- ARGV  1 the epoch the writer knows   2 ms of a bucket
--       3.. of each entry, eight words: room; user:cid; what the cid is used for (log/cid-use.ts); its bucket (log/keys.ts);
--       "1" where MySQL was asked for the cid and does not have it; the newest number of the room that the writer has read;
--       the places (from 1, 0 for none) among these entries of the one it answers and of the one whose thread it is in, as
--       "answered,thread", or "" for neither; the entry, packed (log/packed.ts)
-- Answers of each "seq ms use", of an entry that was there already as it was written; or, with nothing of it written,
-- "FORGOTTEN": MySQL must be asked for its cid, or "BEHIND": the log was rolled back. Entries of one room with one "newest
-- number", for whose cids MySQL was asked, are so all written or all refused. Errors, with nothing written: EPOCH (the log was
-- started anew).
-- All keys share one hash tag. Redis refuses by OOM before the first write of a script or not at all, and the first write is
-- that of an entry, so neither a number is left without its entry nor a part of the entries refused.
if redis.call('GET', KEYS[4]) ~= ARGV[1] then
  return redis.error_reply('EPOCH the log has another epoch')
end
local answers, times, written = {}, {}, {}
local forgotten = tonumber(redis.call('GET', KEYS[6]) or -1)
local function number_at(place)
  return string.match(answers[tonumber(place)], '^%d+')
end
local at = 3
for place = 1, #KEYS - 6 do
  local cids = KEYS[place + 6]
  local room, field, use, bucket, asked, read, places, packed = unpack(ARGV, at, at + 7)
  local answer = redis.call('HGET', cids, field)
  if not answer then
    local head = tonumber(redis.call('HGET', KEYS[2], room) or 0)
    if asked ~= '1' and tonumber(bucket) <= forgotten then
      answer = 'FORGOTTEN'
    elseif head < tonumber(read) then
      answer = 'BEHIND'
    else
      if places ~= '' then
        local answered, thread = string.match(places, '^(%d+),(%d+)$')
        -- The packed text begins with "[{" and the first field of the body.
        if answered ~= '0' then
          packed = '[{"replyTo":' .. number_at(answered) .. ',' .. string.sub(packed, 3)
        end
        if thread ~= '0' then
          packed = '[{"thread":' .. number_at(thread) .. ',' .. string.sub(packed, 3)
        end
      end
      local seq = head + 1
      local id = redis.call('XADD', KEYS[1], '*', 'seq', seq, 'e', packed)
      redis.call('HSET', KEYS[2], room, seq)
      times[room] = string.match(id, '^%d+')
      answer = seq .. ' ' .. times[room] .. ' ' .. use
      redis.call('HSET', cids, field, answer)
      written[bucket] = { cids = cids, ms = tonumber(times[room]) }
    end
  else
    -- As it is, for whoever waits for replicas waits for those that have what was written last. A full Redis refuses it.
    redis.pcall('HSET', cids, field, answer)
  end
  answers[place] = answer
  at = at + 8
end
for room, ms in pairs(times) do
  redis.call('HSET', KEYS[3], room, ms)
end
for bucket, last in pairs(written) do
  local ms = math.max(last.ms, (tonumber(bucket) + 1) * tonumber(ARGV[2]))
  -- A bucket of an older version ends by Redis's clock.
  if redis.call('ZADD', KEYS[5], string.format('%d', ms), bucket) == 1 then
    redis.call('PERSIST', last.cids)
  end
end
return answers
