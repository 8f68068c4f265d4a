// Two servers behind a proxy with the configuration of docs/proxy.md are restarted one after the other, while people read,
// send and connect through it: nobody is answered by an error of the proxy, and every message is stored once.
// `node test/fault/behind-proxy.mjs nginx`; the program has to be on the PATH.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import https from 'node:https'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { Db } from '../../server/db.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { root } from '../../server/root.ts'
import { selfSigned } from '../support/certificate.ts'
import { privateStores } from '../support/stores.ts'
import { mysqlBetween, mysqlUrl, redisBetween } from './between.ts'
import { BrookProcess } from './brook-process.ts'

type Name = 'nginx' | 'caddy' | 'haproxy'
const name = process.argv[2] as Name
const folder = mkdtempSync(path.join(os.tmpdir(), 'brook-proxy-'))
const host = 'chat.example'

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as net.AddressInfo
  server.close()
  return port
}

const [front = 0, first = 0, second = 0] = await Promise.all([freePort(), freePort(), freePort()])
const { certificate, key } = selfSigned(host)
const files = {
  pem: path.join(folder, 'c.pem'),
  key: path.join(folder, 'c.key'),
  both: path.join(folder, 'b.pem'),
}
writeFileSync(files.pem, certificate)
writeFileSync(files.key, key)
writeFileSync(files.both, certificate + key)

const buffers = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']

/** The page's configuration, on this machine's ports. */
function configuration(): string {
  const page = readFileSync(path.join(root, 'docs/proxy.md'), 'utf8')
  const block = new RegExp(`^\`\`\`${name}\\n([\\s\\S]*?)^\`\`\``, 'm').exec(page)?.[1]
  if (block === undefined) throw new Error('name nginx, caddy or haproxy')
  return (
    block
      .replaceAll('127.0.0.1:3001', `127.0.0.1:${first}`)
      .replaceAll('127.0.0.1:3002', `127.0.0.1:${second}`)
      .replace('listen 443', `listen 127.0.0.1:${front}`)
      // Where Debian's nginx keeps what it buffers, a test may not write.
      .replace(
        'http {',
        `http {\naccess_log off;\n${buffers.map((one) => `${one}_temp_path ${folder}/${one};`).join('\n')}`,
      )
      .replace('bind :443', `bind 127.0.0.1:${front}`)
      .replace(
        /^chat\.example \{/m,
        `{\n admin off\n auto_https disable_redirects\n skip_install_trust\n}\nhttps://${host}:${front} {\n tls internal`,
      )
      .replace('/etc/ssl/chat.example.both.pem', files.both)
      .replace('/etc/ssl/chat.example.pem', files.pem)
      .replace('/etc/ssl/chat.example.key', files.key)
  )
}

const file = path.join(folder, name === 'caddy' ? 'Caddyfile' : `${name}.conf`)
writeFileSync(file, configuration())
const commands: Record<Name, string[]> = {
  nginx: [
    'nginx',
    '-p',
    folder,
    '-e',
    path.join(folder, 'error.log'),
    '-c',
    file,
    '-g',
    `daemon off; pid ${folder}/pid;`,
  ],
  caddy: ['caddy', 'run', '--config', file],
  haproxy: ['haproxy', '-db', '-f', file],
}

const stores = await privateStores()
const [redis, mysql] = await Promise.all([redisBetween(stores), mysqlBetween(stores)])
const crashes: string[] = []
const servers = [first, second].map(
  (port, index) =>
    new BrookProcess({
      name: `server ${index + 1}`,
      verb: 'server',
      logFile: path.join(folder, `server-${index}.log`),
      onCrash: (words) => crashes.push(words),
      env: {
        HOST: '127.0.0.1',
        PORT: String(port),
        PACING: 'off',
        PUBLIC_URL: `https://${host}`,
        DRAIN_SECONDS: '5',
        REDIS_URL: redis.at().url,
        MYSQL_URL: mysqlUrl(mysql.at),
      },
    }),
)
for (const server of servers) {
  server.start()
  await server.opens(180_000)
}
// Others can reach it, so it begins by invitation.
const db = new Db(stores.mysql, 1)
await db.run("INSERT INTO workspace (one, name, sign_up, guests) VALUES (1, 'Brook', 'open', 1)")
await db.close()
const [command = '', ...args] = commands[name]
const proxy = spawn(command, args, { stdio: 'inherit', env: { ...process.env, HOME: folder } })
const agent = new https.Agent({ keepAlive: true, rejectUnauthorized: false, servername: host })
const origin = `https://${host}:${front}`
const counts = new Map<string, number>()
const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1)

interface Answer {
  status: number
  cookie: string
  body: string
}

function ask(
  method: string,
  url: string,
  { cookie = '', body }: { cookie?: string; body?: object } = {},
): Promise<Answer> {
  const headers = { host: `${host}:${front}`, origin, cookie, 'content-type': 'application/json' }
  return new Promise((resolve, reject) => {
    const request = https.request(
      { host: '127.0.0.1', port: front, path: url, method, headers, agent },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '',
            body: text,
          }),
        )
      },
    )
    request.on('error', reject)
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

for (let tries = 0; ; tries++) {
  const up = await ask('GET', '/readyz').catch(() => undefined)
  if (up?.status === 200) break
  if (tries > 200) throw new Error(`${name} does not answer`)
  await pause(50)
}
const entered = await ask('POST', '/api/guests', { body: { name: 'Ann' } })
const { cookie } = entered
if (entered.status !== 201 || !cookie.startsWith('__Host-'))
  throw new Error(`not let in: ${entered.status} ${entered.body} ${cookie}`)
const [room] = (JSON.parse((await ask('GET', '/api/rooms', { cookie })).body) as { rooms: { id: string }[] })
  .rooms

let isTalking = true
const said: string[] = []
async function talks(): Promise<void> {
  for (let turn = 0; isTalking; turn++) {
    const text = `${turn} ${newCid()}`
    const sends = turn % 3 === 0
    const answer = await (
      sends
        ? ask('POST', `/api/rooms/${room?.id}/messages`, { cookie, body: { cid: newCid(), text } })
        : ask('GET', turn % 3 === 1 ? '/api/rooms' : '/api/session', { cookie })
    ).catch((error: NodeJS.ErrnoException) => ({ status: error.code ?? error.message }))
    if (sends && answer.status === 201) said.push(text)
    count(`${sends ? 'send' : 'read'} ${answer.status}`)
    await pause(20)
  }
}
async function listens(): Promise<void> {
  while (isTalking) {
    const socket = new WebSocket(`wss://127.0.0.1:${front}/api/ws`, {
      headers: { host: `${host}:${front}`, origin, cookie },
      agent: new https.Agent({ rejectUnauthorized: false, servername: host }),
    })
    socket.on('open', () => count('socket open'))
    socket.on('unexpected-response', (_request: unknown, answer: IncomingMessage) => {
      count(`socket ${answer.statusCode}`)
      socket.terminate()
    })
    socket.on('error', () => undefined)
    const stopped = setInterval(() => isTalking || socket.terminate(), 50)
    await once(socket, 'close').catch(() => undefined)
    clearInterval(stopped)
    await pause(50)
  }
}
const people = [...Array.from({ length: 6 }, talks), ...Array.from({ length: 6 }, listens)]
for (const server of servers) {
  await pause(2_000)
  await server.end('SIGTERM')
  server.start()
  await server.opens(180_000)
  await pause(3_000)
}
isTalking = false
await Promise.all(people)
const page = await ask('GET', `/api/rooms/${room?.id}/messages?limit=200`, { cookie })
const texts = (JSON.parse(page.body) as { messages: { text?: string }[] }).messages.map(({ text }) => text)
const newest = said.slice(-50).filter((text) => texts.filter((one) => one === text).length !== 1)
console.log(
  [...counts]
    .sort()
    .map(([what, many]) => `${name} ${what}: ${many}`)
    .join('\n'),
)
console.log(`${name} newest messages that are not there once: ${newest.length}; crashes: ${crashes.length}`)
proxy.kill('SIGTERM')
for (const server of servers) await server.end('SIGKILL')
await Promise.all([redis.proxy.close(), mysql.proxy.close()])
await stores.stop()
const failed = [...counts.keys()].filter((what) => !/ (200|201|open)$/.test(what))
process.exit(failed.length + newest.length + crashes.length === 0 ? 0 : 1)
