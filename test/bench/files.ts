// One large file up and down on loopback: through Brook, in one piece and in those of a browser, and through nginx, which takes
// the same bytes by PUT and serves them. Says how fast each was, and how much memory the server took for it.
import { spawn, spawnSync } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import http from 'node:http'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Cluster } from '../fault/cluster.ts'
import { Person } from '../support/person.ts'
import { begins } from '../support/uploads.ts'

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1024' },
    nginx: { type: 'string', default: 'nginx' },
    json: { type: 'string' },
  },
})
const mib = 1024 * 1024
const size = Number(values.megabytes) * mib
const pieceBytes = 8 * mib
const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-bench-files-'))
const file = path.join(folder, 'large.bin')

/** Not all zeros, which a disk may leave out. */
async function makeFile(): Promise<void> {
  const piece = Buffer.alloc(mib)
  for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE((at * 2_654_435_761) >>> 0, at)
  const out = await open(file, 'w')
  for (let at = 0; at < size; at += mib) {
    piece.writeUInt32LE(at / mib, 0)
    await out.write(piece)
  }
  await out.close()
}

interface Asked {
  method: string
  url: string
  headers?: Record<string, string>
  /** Of the file. */
  body?: { start: number; end: number }
}

/** Status, and bytes that came back. */
const ask = ({ method, url, headers = {}, body }: Asked): Promise<{ status: number; bytes: number }> =>
  new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(body.end - body.start) }
    const request = http.request(url, { method, headers: { ...headers, ...length } }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => (bytes += chunk.length))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, bytes }))
      answer.on('error', reject)
    })
    request.on('error', reject)
    if (body === undefined) request.end()
    else
      createReadStream(file, { start: body.start, end: body.end - 1, highWaterMark: mib / 2 }).pipe(request)
  })

interface Speed {
  /** Megabytes a second. */
  speed: number
  /** Seconds of CPU that the server took: what is left to compare on a machine that is busy. */
  cpu: number
}

async function measure(pid: number, work: () => Promise<void>): Promise<Speed> {
  const [began, before] = [performance.now(), await cpuOf(pid)]
  await work()
  const seconds = (performance.now() - began) / 1_000
  return { speed: Math.round(size / mib / seconds), cpu: Number(((await cpuOf(pid)) - before).toFixed(2)) }
}

/** Of a process and its children, in seconds. Linux counts in hundredths. */
async function cpuOf(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).replace(/^.*\) /, '').split(' ')
  const children = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).split(' ')
  const theirs = await Promise.all(children.filter((one) => one !== '').map((one) => cpuOf(Number(one))))
  return (Number(fields[11]) + Number(fields[12])) / 100 + theirs.reduce((sum, one) => sum + one, 0)
}

/** Memory of a process, in MB: at rest, and at most while something goes on. */
class Memory {
  #most = 0
  readonly #rest: Promise<number>
  readonly #pid: number
  readonly #timer: NodeJS.Timeout

  constructor(pid: number) {
    this.#pid = pid
    this.#rest = this.#now()
    this.#timer = setInterval(
      () => void this.#now().then((now) => (this.#most = Math.max(this.#most, now))),
      20,
    )
  }

  async end(): Promise<{ rest: number; most: number }> {
    clearInterval(this.#timer)
    return { rest: await this.#rest, most: this.#most }
  }

  async #now(): Promise<number> {
    const status = await readFile(`/proc/${this.#pid}/status`, 'utf8')
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
  }
}

interface Brooks {
  up: Speed
  upInPieces: Speed
  down: Speed
  /** MB. */
  memory: { rest: number; most: number }
}

async function throughBrook(): Promise<Brooks> {
  const dataDir = path.join(folder, 'data')
  const cluster = await Cluster.open({ servers: 1, syncs: 0, envOf: () => ({ DATA_DIR: dataDir }) })
  const server = cluster.servers[0]?.process
  if (server === undefined) throw new Error('there is no server')
  const ann = await Person.arrive(server.address, 'Ann')
  const headers = { cookie: ann.cookie, origin: server.address, 'tus-resumable': '1.0.0' }
  const uploads = async (piece: number): Promise<string> => {
    const place = (await begins(ann, size)).headers.get('location') ?? ''
    for (let offset = 0; offset < size; offset += piece) {
      const end = Math.min(size, offset + piece)
      const { status } = await ask({
        method: 'PATCH',
        url: server.address + place,
        headers: {
          ...headers,
          'content-type': 'application/offset+octet-stream',
          'upload-offset': String(offset),
        },
        body: { start: offset, end },
      })
      if (status !== 204) throw new Error(`the upload was answered ${status}`)
    }
    return place
  }
  const memory = new Memory(server.pid)
  // Once for warmth, as for nginx.
  let place = await uploads(size)
  const up = await measure(server.pid, async () => void (place = await uploads(size)))
  const upInPieces = await measure(server.pid, async () => void (place = await uploads(pieceBytes)))
  const down = await measure(server.pid, async () => {
    const { bytes } = await ask({ method: 'GET', url: `${server.address}${place}/content`, headers })
    if (bytes !== size) throw new Error(`${bytes} bytes came back`)
  })
  const { rest, most } = await memory.end()
  await cluster.close()
  return { up, upInPieces, down, memory: { rest, most } }
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const taken = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = taken.address() as net.AddressInfo
      taken.close(() => resolve(port))
    })
  })

async function throughNginx(port: number): Promise<{ up: Speed; down: Speed } | undefined> {
  if (spawnSync(values.nginx, ['-v']).status !== 0) return undefined
  const root = path.join(folder, 'nginx')
  await mkdir(path.join(root, 'files'), { recursive: true })
  const config = path.join(root, 'nginx.conf')
  await writeFile(
    config,
    `daemon off; worker_processes 1; pid ${root}/pid; error_log stderr warn; user root;
     events { worker_connections 64; }
     http { access_log off; sendfile on; client_max_body_size 0; client_body_temp_path ${root}/body;
       proxy_temp_path ${root}/p; fastcgi_temp_path ${root}/f; uwsgi_temp_path ${root}/u; scgi_temp_path ${root}/s;
       server { listen 127.0.0.1:${port}; root ${root}/files; dav_methods PUT; } }`,
  )
  const nginx = spawn(values.nginx, ['-c', config, '-p', root], { stdio: 'inherit' })
  const { pid = 0 } = nginx
  const url = `http://127.0.0.1:${port}/large.bin`
  const put = async (): Promise<void> => {
    const { status } = await ask({ method: 'PUT', url, body: { start: 0, end: size } })
    if (status !== 201 && status !== 204) throw new Error(`nginx answered ${status}`)
  }
  for (let tries = 50; tries > 0; tries -= 1)
    try {
      await ask({ method: 'GET', url })
      break
    } catch {
      await pause(50)
    }
  await put()
  const up = await measure(pid, put)
  const down = await measure(pid, async () => void (await ask({ method: 'GET', url })))
  nginx.kill('SIGTERM')
  return { up, down }
}

await makeFile()
const brook = await throughBrook()
const nginx = await throughNginx(await freePort())
const result = { megabytes: size / mib, brook, nginx: nginx ?? 'not found' }
console.log(JSON.stringify(result, null, 2))
if (nginx !== undefined)
  console.log(
    `beside nginx: up ${(brook.up.speed / nginx.up.speed).toFixed(2)}, down ${(brook.down.speed / nginx.down.speed).toFixed(2)}`,
  )
if (values.json !== undefined) await writeFile(values.json, JSON.stringify(result))
await rm(folder, { recursive: true, force: true })
process.exit(0)
