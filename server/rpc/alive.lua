-- Says that somebody serves a function, or that something is so; without that it counts as gone.
-- KEYS  sorted sets of who is there, by the time at which they count as gone
-- ARGV  1 member   2 ms until it counts as gone
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
