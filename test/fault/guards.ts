// The guards that the promises lean on, and how each is broken on purpose: `from` becomes `to`, and one of the tests of
// flow, or the torture with these words, must see it.

export interface Mutant {
  name: string
  /** Where the guard stands. */
  file: string
  from: string | RegExp
  to: string
  /** Files of test/flow, without their ending. */
  test?: string[]
  /** Words for the torture. */
  torture?: string[]
}

export const mutants: readonly Mutant[] = [
  {
    name: 'append.lua knows a cid again',
    file: 'server/log/append.lua',
    from: 'if not answer then',
    to: 'if true then',
    test: ['speaking', 'two-servers', 'promises-redis'],
  },
  {
    name: 'append.lua checks the epoch',
    file: 'server/log/append.lua',
    from: "if redis.call('GET', KEYS[4]) ~= ARGV[1] then",
    to: 'if false then',
    test: ['epoch', 'append'],
  },
  {
    name: 'append.lua refuses a log that is behind its writer',
    file: 'server/log/append.lua',
    from: 'if head < tonumber(read) then',
    to: 'if false then',
    test: ['epoch', 'append'],
  },
  {
    name: 'append looks an old cid up in MySQL',
    file: 'server/log/append.ts',
    from: 'Math.abs(now() - cidTime(draft.cid)) > limits.cidWindowMs',
    to: 'Math.abs(now() - cidTime(draft.cid)) < 0',
    test: ['promises-redis'],
  },
  {
    name: 'recovery raises the numbers above MySQL',
    file: 'server/log/epoch.ts',
    from: 'if (seq <= now) continue',
    to: 'if (seq > 0) continue',
    test: ['epoch'],
  },
  {
    name: 'recovery fences off sync before it reads',
    file: 'server/log/epoch.ts',
    from: /  await archive\.saveEpoch\(keys\.shard, epoch\)\n([\s\S]*)  await redis\.set\(/,
    to: '$1  await archive.saveEpoch(keys.shard, epoch)\n  await redis.set(',
    test: ['epoch'],
  },
  {
    name: 'recovery gives the log its cids back',
    file: 'server/log/epoch.ts',
    from: '    await remember(redis, keys, page)',
    to: '    void page',
    test: ['epoch'],
  },
  {
    name: 'a tail that ends below its head is let go',
    file: 'server/log/shard-log.ts',
    from: '    tail.settle()\n',
    to: '',
    test: ['epoch'],
  },
  {
    name: 'a row that clashes is set aside',
    file: 'server/history/sql/messages.ts',
    from: '${table}.seq, NULL)',
    to: '${table}.seq, ${table}.seq)',
    test: ['epoch'],
  },
  {
    name: 'Lease.guard checks the fence',
    file: 'server/history/sync/checkpoint.ts',
    from: 'Number(row.fence) !== this.fence',
    to: 'Number(row.fence) < 0',
    test: ['sync'],
  },
  {
    name: 'sync acknowledges after its commit',
    file: 'server/history/sync/sync.ts',
    from: 'const forgotten = await this.#write(',
    to: 'await this.#reader.ack(part.map(({ raw: [id] }) => id))\n      const forgotten = await this.#write(',
    test: ['promises-sync'],
  },
  {
    name: 'what sync could not tell is told by its next run',
    file: 'server/history/sync/sync.ts',
    from: 'this.#telling.catch(() => this.#tell(this.#reached, [], []))',
    to: 'this.#telling',
    test: ['sync'],
  },
  {
    name: 'a frozen sync loses its connection',
    file: 'server/history/sync/run-sync.ts',
    from: ', { silentSeconds: leaseSeconds }',
    to: '',
    test: ['promises-sync'],
  },
  {
    name: 'ArchiveReader.trim stays below what is archived',
    file: 'server/log/archive-reader.ts',
    from: 'const bound = compareIds(wanted, safe) < 0 ? wanted : safe',
    to: 'const bound = compareIds(wanted, safe) < 0 ? wanted : wanted',
    test: ['sync'],
  },
  {
    name: 'History stops at the edge of memory',
    file: 'server/history/page.ts',
    from: 'Math.min(before, first), lacking',
    to: 'before, lacking',
    test: ['pages'],
  },
  {
    name: 'crowd registers before it reads what was missed',
    file: 'server/socket/crowd.ts',
    from: 'return rooms.open(id).register(connection)',
    to: 'setTimeout(() => void rooms.open(id).register(connection), 30)\n          return undefined',
    test: ['returning'],
  },
  {
    name: 'a connection skips what it was told already',
    file: 'server/socket/connection.ts',
    from: 'this.#passed.set(room, passed)',
    to: 'void passed',
    test: ['returning'],
    torture: ['--minutes', '0.7', '--seed', '5', '--rate', '60', '--clients', '12'],
  },
  {
    name: "the browser's cursor moves over contiguous numbers only",
    file: 'web/wire/cursors.ts',
    from: 'if (from <= upTo + 1) upTo',
    to: 'if (from > 0) upTo',
    torture: ['--minutes', '0.5', '--seed', '5', '--rate', '60', '--clients', '12', '--only', 'frames'],
  },
  {
    name: 'the outbox keeps the cid of what was not answered',
    file: 'web/wire/outbox.ts',
    from: "return { type: 'send', room, cid, text",
    to: "return { type: 'send', room, cid: newCid(), text",
    torture: ['--minutes', '0.7', '--seed', '5', '--rate', '60', '--clients', '12'],
  },
]
