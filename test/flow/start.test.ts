// `brook start` as a process: it opens, keeps messages through a kill, and exits cleanly.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { appendFile, chmod, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { PageAnswer } from '../../server/protocol/http.ts'
import { commandLine } from '../../server/stores/leftover.ts'
import { root } from '../../server/root.ts'
import { until } from '../support/until.ts'

/** Processes load their sources one after the other on a busy machine. */
const withinMs = 90_000

let folder: string
let dataDir: string
const running = new Set<ChildProcess>()
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  dataDir = path.join(folder, 'data')
})
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL')
  for (const store of ['redis', 'mariadb']) await killOurs(store)
  await rm(folder, { recursive: true, force: true })
})

const pidOf = async (store: string) =>
  Number(await readFile(path.join(dataDir, store, `${store}.pid`), 'utf8').catch(() => '0'))

const isOurs = (pid: number) => commandLine(pid).join(' ').includes(dataDir)

async function killOurs(store: string) {
  const pid = await pidOf(store)
  if (pid > 0 && isOurs(pid)) process.kill(pid, 'SIGKILL')
  await until(() => !isOurs(pid))
}

interface Typed {
  process: ChildProcess
  printed: () => string
  said: () => string
  /** Resolves with the exit code. */
  ended: Promise<number | null>
}

/** Runs `brook ...` in this data folder; `home`: where Brook is installed. */
function type(words: string[], home = root): Typed {
  return run([process.execPath, path.join(home, 'dist/brook/main.js'), ...words], home)
}

function run([program = '', ...words]: string[], home = root): Typed {
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'fatal' }
  const child = spawn(program, words, { cwd: home, env })
  const heard = { printed: '', said: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (heard.printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (heard.said += text))
  running.add(child)
  const ended = once(child, 'close').then(([code]) => {
    running.delete(child)
    return code as number | null
  })
  return { process: child, printed: () => heard.printed, said: () => heard.said, ended }
}

const addressIn = /open at (http:\S+)/

/** Runs `brook start` and waits for its address. */
async function start(home = root, brook = type(['start'], home)) {
  await until(
    () => brook.printed() + brook.said(),
    (text) => addressIn.test(text) || brook.process.exitCode !== null,
    withinMs,
  )
  const address = addressIn.exec(brook.printed())?.[1]
  if (address === undefined) throw new Error(`brook start did not open: ${brook.said()}`)
  return { ...brook, address }
}

/** A guest of this server, as curl would be one. */
async function guest(address: string, name: string) {
  const headers: Record<string, string> = { 'content-type': 'application/json', origin: address }
  const ask = async (method: string, route: string, body?: object) => {
    const answer = await fetch(`${address}/api${route}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(answer.ok, `${method} ${route}: ${answer.status}`).toBe(true)
    return answer
  }
  const entered = await ask('POST', '/guests', { name })
  headers['cookie'] = entered.headers.getSetCookie().join('; ')
  const { rooms } = (await (await ask('GET', '/rooms')).json()) as { rooms: { id: string; name: string }[] }
  const room = rooms[0]
  if (room === undefined) throw new Error('a newcomer is in no room')
  return {
    room,
    says: (text: string, cid = newCid()) => ask('POST', `/rooms/${room.id}/messages`, { cid, text }),
    reads: async () => {
      const page = (await (await ask('GET', `/rooms/${room.id}/messages`)).json()) as PageAnswer
      return page.messages.map((message) => ('text' in message ? message.text : undefined))
    },
  }
}

test(
  'what the Dockerfile copies into the image is enough to chat',
  async () => {
    const home = path.join(folder, 'image')
    const docker = await readFile(path.join(root, 'Dockerfile'), 'utf8')
    const parts = [...docker.matchAll(/^COPY --from=build \/brook\/(\S+)/gm)].map(([, part = '']) => part)
    expect(parts).toContain('dist')
    for (const part of parts)
      if (part === 'node_modules') await symlink(path.join(root, part), path.join(home, part))
      else await cp(path.join(root, part), path.join(home, part), { recursive: true })
    const { address } = await start(home)
    const ann = await guest(address, 'Ann')
    await ann.says('from a container')
    expect(await ann.reads()).toContain('from a container')
  },
  withinMs,
)

test(
  'what is built runs from a copy under an account that may not write there, and is not built again',
  async () => {
    const home = path.join(folder, 'copy')
    const parts = [
      'server',
      'migrations',
      'dist',
      'package.json',
      'package-lock.json',
      'vite.server.config.ts',
    ]
    for (const part of parts) await cp(path.join(root, part), path.join(home, part), { recursive: true })
    await symlink(path.join(root, 'node_modules'), path.join(home, 'node_modules'))
    for (const place of [folder, path.join(home, 'dist'), home]) await chmod(place, 0o555)
    const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const help = (): Promise<{ stdout: string; stderr: string }> =>
      promisify(execFile)(process.execPath, [path.join(home, 'server/cli/brook.mjs'), '--help'], nobody)
    const { stdout, stderr } = await help()
    expect([stdout.startsWith('Usage: brook'), stderr]).toEqual([true, ''])
    await appendFile(path.join(home, 'server/root.ts'), '// changed\n')
    const { stderr: refused } = (await help().catch((error: unknown) => error)) as { stderr: string }
    expect(refused).toMatch(/^brook: Brook in \S+ is not built[^\n]* Build it [^\n]*npm run build\n$/)
    for (const place of [folder, path.join(home, 'dist'), home]) await chmod(place, 0o755)
  },
  withinMs,
)

test(
  'messages are there, once, after everything was killed and started again',
  async () => {
    const first = await start()
    const ann = await guest(first.address, 'Ann')
    await ann.says('你好 👋🏽')
    const pids = [await pidOf('redis'), await pidOf('mariadb')]
    first.process.kill('SIGKILL')
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await first.ended
    await until(() => !pids.some(isOurs))

    const second = await start()
    const bob = await guest(second.address, 'Bob')
    expect((await bob.reads()).filter((text) => text === '你好 👋🏽')).toHaveLength(1)

    // In parallel with the running one: its stores, and MySQL has the message.
    const line = await until(
      async () => {
        const history = type(['history', bob.room.name, '--json'])
        expect(await history.ended, history.said()).toBe(0)
        return history.printed()
      },
      (printed) => printed.includes('你好'),
      withinMs,
    )
    expect(line.match(/你好/g)).toHaveLength(1)
  },
  2 * withinMs,
)

const bare = () => start()
const byNpm = () => start(root, run(['npm', 'start']))
test.each([
  ['SIGTERM', bare, ['SIGTERM']],
  ['SIGHUP', bare, ['SIGHUP']],
  ['the same signal twice, from the terminal and from npm,', bare, ['SIGTERM', 'SIGTERM']],
  ['SIGTERM to npm', byNpm, ['SIGTERM']],
  ['kill -9 of npm', byNpm, ['SIGKILL']],
] as const)(
  '%s drains: no process and no lock left',
  async (_how, begin, signals) => {
    const brook = await begin()
    const pids = [await pidOf('redis'), await pidOf('mariadb')]
    expect(pids.map(isOurs)).toEqual([true, true])
    for (const signal of signals) brook.process.kill(signal)
    const code = await brook.ended
    if (begin === bare) expect(code).toBe(0)
    expect(brook.said()).toContain('Brook has stopped; all messages are saved.')
    expect(pids.map(isOurs)).toEqual([false, false])
    expect(existsSync(path.join(dataDir, 'brook.lock'))).toBe(false)
  },
  withinMs,
)

test(
  'a later signal ends a drain that hangs, at once',
  async () => {
    const brook = await start()
    // A store that cannot exit keeps the drain waiting.
    process.kill(await pidOf('redis'), 'SIGSTOP')
    process.kill(await pidOf('mariadb'), 'SIGSTOP')
    brook.process.kill('SIGINT')
    await until(brook.said, (said) => said.includes('SIGINT: draining'))
    expect(brook.process.exitCode).toBeNull()
    // Within a second it would be the same one.
    await until(() => !brook.process.kill('SIGINT') || brook.process.exitCode !== null)
    expect(await brook.ended).toBe(130)
  },
  withinMs,
)

test(
  'a killed Redis is restarted while the server goes on',
  async () => {
    const brook = await start()
    const ann = await guest(brook.address, 'Ann')
    await ann.says('before')
    process.kill(await pidOf('redis'), 'SIGKILL')
    await until(brook.said, (said) => said.includes('Redis answers again'))
    const cid = newCid()
    await until(() =>
      ann.says('after', cid).then(
        () => true,
        () => false,
      ),
    )
    // An ack means that the log has it; this server reads it a moment after Redis is back.
    const texts = await until(
      () => ann.reads(),
      (read) => read.includes('after'),
    )
    expect(texts).toContain('before')
    // Off a terminal, all of it is a log.
    const lines = brook.said().trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual({
      ...{ level: 'warn', time: expect.any(String), process: 'start', part: expect.any(String) },
      pid: brook.process.pid,
      msg: expect.stringMatching(/^Redis answers again after/),
    })
  },
  withinMs,
)
