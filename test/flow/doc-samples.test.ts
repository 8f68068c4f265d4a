// The programs of docs/bots.md, docs/socket.md and docs/webhooks.md, run as they stand there: under load, through answers that are
// refused, cut and late, and through kills, of themselves and of the server.
import { spawn, type ChildProcess } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer, request as ask, type Server } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import path from 'node:path'
import type { Duplex } from 'node:stream'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { OpenedAnswer, SignedAnswer } from '../../server/protocol/hooks.ts'
import type { Person as User } from '../../server/protocol/people.ts'
import { openAdminServices, type AdminServices } from '../../server/bot/admin-services.ts'
import { keysOf } from '../../server/log/keys.ts'
import { root } from '../../server/root.ts'
import { Bot } from '../support/bot.ts'
import { Brook } from '../support/brook.ts'
import { testFolder } from '../support/folder.ts'
import type { Person } from '../support/person.ts'
import { until as untilWithin } from '../support/until.ts'

/** What happens to a request: refused with a status, taken and its answer cut, or passed on. */
type Fate = number | 'cut' | 'pass'

// Programs and servers start and back off here.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })
const until = <Seen>(look: () => Seen | Promise<Seen>, holds?: (seen: Seen) => boolean) =>
  untilWithin(look, holds, 60_000)

let brook: Brook
let services: AdminServices
let ann: Person
let proxy: Server
/** The proxy's address. */
let base = ''
/** Where the proxy passes requests on: to a server that can be killed, and deliveries to a receiver. */
let [server, receiver] = ['', '']
const folder = testFolder()
/** Fates of the next messages, posts to a webhook and deliveries; after the last one everything is passed on. */
const fates = { messages: [] as Fate[], posts: [] as Fate[], deliveries: [] as Fate[] }
const sockets = new Set<Duplex>()
const children: ChildProcess[] = []

const kindOf = (url: string): keyof typeof fates =>
  url.startsWith('/hook') ? 'deliveries' : url.startsWith('/api/hooks') ? 'posts' : 'messages'

beforeAll(async () => {
  brook = await Brook.start({ webhookPrivate: true })
  services = await openAdminServices(brook.config)
  ann = await brook.enter('ann')
  proxy = createServer((request, answer) => {
    const { method, headers, url = '/' } = request
    const kind = kindOf(url)
    const fate = method === 'POST' ? (fates[kind].shift() ?? 'pass') : 'pass'
    if (typeof fate === 'number') return void answer.writeHead(fate, { 'retry-after': '0' }).end('{}')
    const onward = ask((kind === 'deliveries' ? receiver : server) + url, { method, headers }, (taken) => {
      if (fate === 'cut') return void taken.resume().on('end', () => answer.destroy())
      answer.writeHead(taken.statusCode ?? 500, taken.headers)
      taken.on('error', () => answer.destroy()).pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    request.pipe(onward)
  })
  proxy.on('upgrade', (request, socket) => {
    const onward = connect(Number(new URL(server).port), '127.0.0.1', () => {
      const { rawHeaders } = request
      const lines = rawHeaders.map((word, at) => (at % 2 === 0 ? `${word}: ` : `${word}\r\n`)).join('')
      onward.write(`GET ${request.url} HTTP/1.1\r\n${lines}\r\n`)
      onward.pipe(socket).pipe(onward)
    })
    sockets.add(socket)
    for (const one of [onward, socket]) one.on('error', () => undefined)
    onward.on('close', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket) && onward.destroy())
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  base = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
  await symlink(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  for (const doc of ['bots', 'socket', 'webhooks']) {
    const text = await readFile(path.join(root, 'docs', `${doc}.md`), 'utf8')
    for (const [at, [, sample = '']] of [...text.matchAll(/```js\n([\s\S]*?)```/g)].entries())
      await writeFile(path.join(folder, `${doc}-${at}.mjs`), sample)
  }
  await serves()
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  proxy.closeAllConnections()
  proxy.close()
  await services.close()
  await brook.stop()
})

function started(program: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], { env, cwd: folder })
  children.push(child)
  return child
}

/** A sample: the n-th of a page. Input and output are pipes. */
function run(sample: string, env: Record<string, string>) {
  const child = started(path.join(folder, `${sample}.mjs`), [], { BROOK: base, ...env })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  return { child, said: () => said }
}

const lineOf = async ({ stdout }: ChildProcess): Promise<string> =>
  String(((await once(stdout as NodeJS.EventEmitter, 'data')) as [Buffer])[0]).trim()

/** Starts the server that the proxy passes on to; answers what kills it. */
async function serves(): Promise<() => Promise<void>> {
  const child = started(path.join(root, 'dist/test/serve-brook.js'), [JSON.stringify(brook.config)])
  server = await lineOf(child)
  kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
    await serves()
  }
  return kill
}
let kill: () => Promise<void> = () => Promise.resolve()

async function arrives(name: string): Promise<{ token: string; bot: User; room: string }> {
  const made = await services.bots.add(name)
  if ('code' in made) throw new Error(made.code)
  const { id: room } = await ann.makes(name)
  await new Bot(made.token, brook.servers[0]?.address ?? '').ask('PUT', `/api/rooms/${room}/members/me`)
  return { token: made.token, bot: made.bot, room }
}

const messagesIn = (room: string) =>
  ann.heard.flatMap((event) => (event.type === 'message' && event.room === room ? event : []))
/** The numbers of the messages that the bot's pongs in `room` answer, in the order of the pongs. */
const answered = (room: string): number[] =>
  messagesIn(room).flatMap(({ text, replyTo }) => (text === 'pong' ? [replyTo ?? 0] : []))
const say = async (room: string, count: number, text = 'ping'): Promise<number[]> => {
  const cids = Array.from({ length: count }, () => ann.says(text, { room }))
  const seqs: number[] = []
  for (const cid of cids) seqs.push((await ann.acked(cid)).seq)
  return seqs
}
/** Takes care that all fates came true. */
const noneLeft = () => expect(Object.values(fates).flat()).toEqual([])

test.each(['bots-0', 'socket-0'])(
  '%s answers every ping once, whatever is refused, cut or killed',
  async (sample) => {
    const { token, room } = await arrives(sample)
    const pings: number[] = []
    // The one on the socket sends nothing over HTTP.
    if (sample === 'bots-0') fates.messages.push(429, 503, 'cut', 'pass', 500, 'cut', 'cut')
    const first = run(sample, { TOKEN: token })
    pings.push(...(await say(room, 15)))
    await until(() => answered(room).length >= 5)
    await kill()
    pings.push(...(await say(room, 15)))
    await until(() => answered(room).length >= 20)
    for (const socket of sockets) socket.destroy()
    first.child.kill('SIGKILL')
    pings.push(...(await say(room, 15)))
    run(sample, { TOKEN: token })
    await until(() => answered(room).length >= pings.length)
    expect(answered(room).sort((a, b) => a - b)).toEqual(pings)
    noneLeft()
  },
)

test('the sample of the socket pages what is a gap to it', async () => {
  const { token, room } = await arrives('gap')
  const pings = await say(room, 5)
  await brook.archive()
  await brook.redis.xtrim(keysOf(0).log, 'MAXLEN', 0)
  await kill()
  run('socket-0', { TOKEN: token })
  await until(() => answered(room).length >= pings.length)
  expect(answered(room)).toEqual(pings)
})

test.each(['bots-0', 'socket-0'])('a revoked token ends %s with a sentence', async (sample) => {
  const { token, bot } = await arrives(`revoked ${sample}`)
  const { child, said } = run(sample, { TOKEN: token })
  const ended = once(child, 'exit')
  await services.bots.revoke(bot)
  expect((await ended)[0]).toBe(1)
  expect(said()).toContain('The token is not valid.')
})

test('a webhook posts each line once, whatever is refused, cut or killed', async () => {
  const { id: room } = await ann.makes('posts')
  const { body } = await ann.ask<OpenedAnswer>('POST', `/api/rooms/${room}/hooks/incoming`, { name: 'tool' })
  const env = { JOB: 'night', HOOK: base + body.path }
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`)
  const texts = () => messagesIn(room).map(({ text }) => text)
  const post = () => {
    const { child } = run('webhooks-0', env)
    child.stdin?.on('error', () => undefined).end(`${lines.join('\n')}\n`)
    return child
  }
  fates.posts.push(429, 'cut', 503, 'pass', 'cut', 500)
  const first = post()
  await until(() => texts().length >= 5)
  await kill()
  await until(() => texts().length >= 10)
  first.kill('SIGKILL')
  expect(await once(post(), 'exit')).toEqual([0, null])
  expect(await until(texts, ({ length }) => length >= lines.length)).toEqual(lines)
  noneLeft()
})

test('a receiver keeps each message once, whatever is refused, cut or killed', async () => {
  const { id: room } = await ann.makes('deliveries')
  const { body } = await ann.ask<SignedAnswer>('POST', `/api/rooms/${room}/hooks/outgoing`, {
    url: `${base}/hook`,
  })
  const inbox = path.join(folder, 'inbox')
  const env = { PORT: '0', INBOX: inbox, SECRET: body.secret }
  const listens = async () => {
    const { child } = run('webhooks-1', env)
    receiver = `http://127.0.0.1:${await lineOf(child)}`
    return child
  }
  const kept = async () =>
    (await readFile(inbox, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { text: string }).text)
  const all: string[] = []
  const says = async (from: number) => {
    for (let at = from; at < from + 8; at += 1) {
      all.push(`m${at}`)
      await say(room, 1, `m${at}`)
    }
  }
  const first = await listens()
  fates.deliveries.push('pass', 429, 'pass', 'cut', 'pass', 503)
  await says(0)
  await until(async () => (await kept()).length >= 3)
  first.kill('SIGKILL')
  await says(8)
  await kill()
  await listens()
  await until(kept, ({ length }) => length >= all.length)
  expect(await kept()).toEqual(all)
  noneLeft()
  expect((await fetch(`${receiver}/hook`, { method: 'POST', body: '{}' })).status, 'unsigned').toBe(401)
})

interface Described {
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[]
  responses?: Record<string, { content?: Record<string, { schema?: Schema }> }>
}
type Schema = Record<string, unknown>

/** Where a schema says nothing of what is there: `/entries/items`, for example. */
function unknowns(schema: unknown, at = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return [at]
  const one = schema as Schema & { properties?: Schema; items?: unknown; anyOf?: unknown[] }
  if (!['type', 'anyOf', 'allOf', 'oneOf', 'enum', 'const', '$ref'].some((key) => key in one)) return [at]
  const parts = [
    ...Object.entries(one.properties ?? {}),
    ...(one.type === 'array' ? [['items', one.items] as const] : []),
    ...(one.anyOf ?? []).map((part, index) => [String(index), part] as const),
  ]
  return parts.flatMap(([name, part]) => unknowns(part, `${at}/${name}`))
}

test('/api/docs says what every answer is, and what every parameter means and is by default', async () => {
  const { paths } = (await (await fetch(`${brook.servers[0]?.address}/api/docs/json`)).json()) as {
    paths: Record<string, Record<string, Described>>
  }
  const lacking: string[] = []
  for (const [route, methods] of Object.entries(paths))
    for (const [method, { parameters = [], responses = {} }] of Object.entries(methods)) {
      for (const { name, in: place, required = false, description, schema } of parameters) {
        const words = description ?? schema['description']
        const isClear = required || place !== 'query' || 'default' in schema || /without/i.test(String(words))
        if (words === undefined || !isClear) lacking.push(`${method} ${route} ?${name}`)
      }
      for (const [status, { content = {} }] of Object.entries(responses))
        for (const [type, { schema }] of Object.entries(content))
          if (type === 'application/json')
            lacking.push(...unknowns(schema).map((part) => `${method} ${route} ${status} ${part}`))
    }
  expect(Object.keys(paths).length).toBeGreaterThan(40)
  expect(lacking).toEqual([])
})
