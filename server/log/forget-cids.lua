-- Forgets buckets of cids, where nothing was added meanwhile that must be remembered.
-- KEYS  1 the buckets of cids (sorted set bucket -> ms)   2 the newest bucket that was forgotten   3.. the cids of each bucket
-- ARGV  1 ms up to which buckets may be forgotten   2.. the buckets, as in KEYS
-- Answers how many were forgotten. append.lua asks for MySQL's word on what may have been in them.
local newest = tonumber(redis.call('GET', KEYS[2]) or -1)
local count = 0
for place = 2, #ARGV do
  local bucket = ARGV[place]
  local ms = redis.call('ZSCORE', KEYS[1], bucket)
  if ms and tonumber(ms) <= tonumber(ARGV[1]) then
    redis.call('UNLINK', KEYS[place + 1])
    redis.call('ZREM', KEYS[1], bucket)
    newest = math.max(newest, tonumber(bucket))
    count = count + 1
  end
end
if count > 0 then
  redis.call('SET', KEYS[2], string.format('%d', newest))
end
return count
