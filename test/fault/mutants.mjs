// Breaks guards on purpose, one at a time, in a copy of the tree, and looks which test or torture sees it. A guard that nobody
// misses is a finding. `node test/fault/mutants.mjs [part of a name]`; prints the table of docs/PROMISES.md.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @typedef {{ name: string, file: string, from: string | RegExp, to: string, test?: string[], torture?: string[] }} Mutant
 * @type {Mutant[]}
 */
const mutants = [
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
    from: 'if (seq > now) await',
    to: 'if (seq < 0) await',
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
    file: 'server/log/log.ts',
    from: '    tail.settle()\n',
    to: '',
    test: ['epoch'],
  },
  {
    name: 'a row that clashes is set aside',
    file: 'server/history/messages.ts',
    from: 'messages.seq, NULL)',
    to: 'messages.seq, messages.seq)',
    test: ['epoch'],
  },
  {
    name: 'Lease.guard checks the fence',
    file: 'server/history/checkpoint.ts',
    from: 'Number(row.fence) !== this.fence',
    to: 'Number(row.fence) < 0',
    test: ['sync'],
  },
  {
    name: 'sync acknowledges after its commit',
    file: 'server/history/sync.ts',
    from: /      await this\.#write\(await this\.#decode\(part\)\)\n(.*ack.*\n)/,
    to: '$1      await this.#write(await this.#decode(part))\n',
    test: ['promises-sync'],
  },
  {
    name: 'a frozen sync loses its connection',
    file: 'server/history/run-sync.ts',
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
    file: 'server/history/history.ts',
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
    from: "if (!this.#doors.tell({ type: 'send', room, cid, text, ...reply })) return",
    to: "if (!this.#doors.tell({ type: 'send', room, cid: newCid(), text, ...reply })) return",
    torture: ['--minutes', '0.7', '--seed', '5', '--rate', '60', '--clients', '12'],
  },
]

const copy = mkdtempSync(path.join(os.tmpdir(), 'brook-mutants-'))
for (const part of ['server', 'web', 'test', 'migrations', 'package.json', 'vitest.config.ts'])
  cpSync(path.join(root, part), path.join(copy, part), { recursive: true })
for (const part of ['base', 'server', 'test', 'web'].map((name) => `tsconfig.${name}.json`))
  cpSync(path.join(root, part), path.join(copy, part))
cpSync(path.join(root, 'tsconfig.json'), path.join(copy, 'tsconfig.json'))
// What a broken guard leaves unused is no reason not to try it.
const base = path.join(copy, 'tsconfig.base.json')
writeFileSync(base, readFileSync(base, 'utf8').replace('"noUnusedLocals": true', '"noUnusedLocals": false'))
symlinkSync(path.join(root, 'node_modules'), path.join(copy, 'node_modules'))

/** @param {string[]} args */
function node(args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, FAULT_BUILT: '1', NO_COLOR: '1' },
  })
  return { ok: status === 0, text: `${stdout}\n${stderr}` }
}

const build = () => node(['node_modules/typescript/bin/tsc', '-b', 'tsconfig.server.json'])

/** @param {Mutant} mutant */
function tried({ test, torture }) {
  const seen = []
  if (test !== undefined) {
    const files = test.map((name) => `test/flow/${name}.test.ts`)
    const { ok, text } = node(['node_modules/vitest/vitest.mjs', 'run', '--project', 'flow', ...files])
    const failed = [...text.matchAll(/FAIL .*?(test\/flow\/\S+) > (.+)\n([^\n]+)/g)]
    if (!ok)
      for (const [, file = '', name = '', why = ''] of failed.slice(0, 2))
        seen.push(`${path.basename(file, '.test.ts')}: "${name.trim()}": ${why.trim().slice(0, 110)}`)
    if (!ok && failed.length === 0) seen.push(`the run failed: ${text.slice(-200)}`)
  }
  if (torture !== undefined) {
    const { ok, text } = node(['test/fault/torture.mjs', ...torture])
    const names = 'lost|doubled|out of order|differing|silent holes|not dense|unknown|other violations'
    const counts = [...text.matchAll(new RegExp(`^(${names}) +([1-9]\\d*)$`, 'gm'))]
    if (!ok) seen.push(`torture: ${counts.map(([, name, count]) => `${name} ${count}`).join(', ')}`)
  }
  return seen
}

const wanted = process.argv[2] ?? ''
const whole =
  build().ok && tried({ name: '', file: '', from: '', to: '', test: ['speaking', 'epoch', 'sync'] })
if (whole === false || whole.length > 0) throw new Error(`the unbroken tree fails: ${String(whole)}`)
let unseen = 0
console.log('| guard broken on purpose | who saw it, and what |\n|---|---|')
for (const mutant of mutants.filter(({ name }) => name.includes(wanted))) {
  const file = path.join(copy, mutant.file)
  const sound = readFileSync(file, 'utf8')
  const broken = sound.replace(mutant.from, mutant.to)
  if (broken === sound) throw new Error(`"${mutant.name}" is not where it was in ${mutant.file}`)
  writeFileSync(file, broken)
  const built = build()
  const seen = built.ok ? tried(mutant) : [`does not compile: ${built.text.slice(0, 200)}`]
  if (seen.length === 0) unseen += 1
  writeFileSync(file, sound)
  const at = typeof mutant.from === 'string' ? sound.indexOf(mutant.from) : sound.search(mutant.from)
  const line = sound.slice(0, at).split('\n').length
  const words = seen.length === 0 ? '**nobody**' : seen.join('; ')
  console.log(`| ${mutant.name} (${mutant.file}:${line}) | ${words.replaceAll('|', '/')} |`)
}
rmSync(copy, { recursive: true, force: true })
process.exitCode = unseen === 0 ? 0 : 1
