-- Records that somebody serves a function, or that something exists; without renewal it expires.
-- KEYS  sorted sets of members, by the time at which they expire
-- ARGV  1 member   2 ms until it expires
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', key, ARGV[2])
end
