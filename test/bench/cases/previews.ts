// What previews cost: the processor's time of each, of a photo of 12 megapixels; and how much longer people wait for their messages
// while fifty of them are made, against quiet, alternately in the same round.
import { randomBytes } from 'node:crypto'
import { link, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { Db } from '../../../server/db.ts'
import { blobKey } from '../../../server/files/stores/blob-store.ts'
import { DiskStore } from '../../../server/files/stores/disk-store.ts'
import type { MysqlAddress } from '../../../server/config.ts'
import { newCid } from '../../../server/protocol/cid.ts'
import { previewWidths } from '../../../server/protocol/picture-limits.ts'
import { profileOf, type Case } from './case.ts'
import { seat } from './people.ts'
import { cpuMs, Program } from './program.ts'
import { benchStores } from './stores.ts'
import { addTimes, at, Crowd, noTimes, sendsPerSecond, talkers, type Times } from './talkers.ts'

const programs = {
  server: new URL('../programs/server.ts', import.meta.url),
  archiver: new URL('../programs/archiver.ts', import.meta.url),
}
const [wide, high] = [4_000, 3_000]
/** Photos of which every width is made, for its cost. */
const costed = 5
/** Previews that are made beside the talk, each of a photo of its own, for so many people. */
const beside = 50
const viewers = 5
const alternations = 3
const sliceMs = 250

const widths = Object.entries(previewWidths)
const figureOf = (name: string, width: number): string => `CPU of ${name} (${width} px)`

export const previews: Case<'Brook'> = {
  name: 'previews',
  about: () =>
    `every preview of a photo of 12 megapixels; and ${talkers} people send ${sendsPerSecond} messages a second while ${beside} previews are made`,
  contenders: ['Brook'],
  shown: [
    ...widths.map(([name, width]) => ({
      figure: figureOf(name, width),
      unit: 'ms',
      better: 'less' as const,
    })),
    { figure: 'CPU of all of a photo', unit: 'ms', better: 'less', target: 1_000 },
    { figure: 'previews', unit: '/s', digits: 1, better: 'more' },
    ...(['ack p50', 'ack p95', 'heard p50', 'heard p95'] as const).flatMap((figure) => [
      { figure: `${figure} quiet`, unit: 'ms', digits: 1, better: 'none' as const },
      { figure: `${figure} beside`, unit: 'ms', digits: 1, better: 'less' as const },
      { figure: `${figure} ratio`, unit: 'x', digits: 2, better: 'less' as const, target: 1.5 },
    ]),
  ],
  round: async (contender, settings, number) => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-bench-files-'))
    const stores = await benchStores()
    const cookies = await seat(stores.mysql, talkers + viewers, 'one')
    const files = new Files(stores.mysql, folder)
    const given = { redis: stores.redis, mysql: stores.mysql, dataDir: folder, isPaced: true }
    const started = await Program.start<{ port: number }>(programs.server, given)
    const { program: archiver } = await Program.start(programs.archiver, {
      redis: stores.redis,
      mysql: stores.mysql,
      once: false,
    })
    const { port } = started.told
    const crowd = await Crowd.enter(port, cookies.slice(0, talkers))
    const looks = new Viewers(port, cookies.slice(talkers))
    try {
      await files.photograph()
      const costs = await costsOf({ files, looks, pid: started.program.pid })
      await crowd.talks(2_000)
      const file = profileOf(settings, 'previews', contender, number)
      const times = await started.program.profiled(file, () => compare({ crowd, files, looks, settings }))
      return {
        figures: { ...costs, ...times },
        wrong: [
          ...looks.wrong,
          ...(crowd.unanswered > 0 ? [`${crowd.unanswered} sends without an answer`] : []),
        ],
      }
    } finally {
      crowd.leaves()
      await files.close()
      await archiver.stop()
      await started.program.stop()
      await stores.stop()
      await rm(folder, { recursive: true })
    }
  },
}

interface Costing {
  files: Files
  looks: Viewers
  pid: number
}

/** In ms of the processes that make them. */
async function costsOf({ files, looks, pid }: Costing): Promise<Record<string, number>> {
  // The first one starts them.
  const [first = ''] = await files.add(1)
  await looks.see(first, 320)
  const ids = await files.add(costed)
  const costs: Record<string, number> = {}
  let all = 0
  for (const [name, width] of widths) {
    const before = childrenCpuMs(pid)
    for (const [i, id] of ids.entries()) await looks.see(id, width, i)
    const cost = (childrenCpuMs(pid) - before) / costed
    costs[figureOf(name, width)] = cost
    all += cost
  }
  return { ...costs, 'CPU of all of a photo': all }
}

/** Of those of its children that are there. */
function childrenCpuMs(pid: number): number {
  const pids = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ')
  return pids.reduce((sum, child) => sum + cpuMs(Number(child)), 0)
}

interface Comparing {
  crowd: Crowd
  files: Files
  looks: Viewers
  settings: { seconds: number }
}

async function compare({ crowd, files, looks, settings }: Comparing): Promise<Record<string, number>> {
  const [quiet, busy]: [Times, Times] = [noTimes(), noTimes()]
  let seconds = 0
  for (let time = 0; time < alternations; time += 1) {
    const ids = await files.add(beside)
    addTimes(quiet, await crowd.talks(1_000 * settings.seconds))
    const began = performance.now()
    let isDone = false
    const made = Promise.all(ids.map((id, i) => looks.see(id, previewWidths.dense, i))).then(() => {
      seconds += (performance.now() - began) / 1_000
      isDone = true
    })
    while (!isDone) addTimes(busy, await crowd.talks(sliceMs))
    await made
  }
  const figures: Record<string, number> = { previews: (alternations * beside) / seconds }
  for (const figure of ['ack p50', 'ack p95', 'heard p50', 'heard p95'] as const) {
    figures[`${figure} quiet`] = at(quiet, figure)
    figures[`${figure} beside`] = at(busy, figure)
    figures[`${figure} ratio`] = at(busy, figure) / at(quiet, figure)
  }
  return figures
}

/** People whose pages show pictures. */
class Viewers {
  readonly wrong: string[] = []
  readonly #address: string
  readonly #cookies: readonly string[]

  constructor(port: number, cookies: readonly string[]) {
    this.#address = `http://127.0.0.1:${port}`
    this.#cookies = cookies
  }

  async see(id: string, width: number, who = 0): Promise<void> {
    const cookie = this.#cookies[who % this.#cookies.length] ?? ''
    const answer = await fetch(`${this.#address}/api/files/${id}/preview?width=${width}`, {
      headers: { cookie },
    })
    const bytes = await answer.arrayBuffer()
    if (answer.status !== 200 || bytes.byteLength < 1_000) this.wrong.push(`a preview is ${answer.status}`)
  }
}

/** Photos that have not been sent yet, which only their owners see: the bytes are there once, under many names. */
class Files {
  readonly #db: Db
  readonly #store: DiskStore
  readonly #folder: string

  constructor(mysql: MysqlAddress, folder: string) {
    this.#db = new Db(mysql, 1)
    this.#store = new DiskStore(path.join(folder, 'files'))
    this.#folder = folder
  }

  get #photo(): string {
    return path.join(this.#folder, 'photo.jpg')
  }

  /** A landscape with grass: waves, and noise in every pixel, as a camera sees it. */
  async photograph(): Promise<void> {
    const raw = Buffer.alloc(wide * high * 3)
    let seed = 1
    for (let y = 0; y < high; y += 1)
      for (let x = 0; x < wide; x += 1) {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
        const light = Math.sin(x / 90) * 40 + Math.cos(y / 70) * 50 + Math.sin((x + y) / 13) * 12
        const noise = (seed >>> 24) / 12
        const i = (y * wide + x) * 3
        raw[i] = 120 + light + noise
        raw[i + 1] = 110 + light * 0.7 + noise
        raw[i + 2] = 100 - light * 0.5 + noise
      }
    const photo = sharp(raw, { raw: { width: wide, height: high, channels: 3 } }).jpeg({ quality: 88 })
    await writeFile(this.#photo, await photo.toBuffer())
  }

  /** Their ids; each belongs to the viewer who will look at it. */
  async add(count: number): Promise<string[]> {
    return Promise.all(Array.from({ length: count }, (_, i) => this.#addOne(talkers + 1 + (i % viewers))))
  }

  async #addOne(owner: number): Promise<string> {
    const hash = randomBytes(32).toString('hex')
    const one = path.join(this.#folder, hash)
    await link(this.#photo, one)
    await this.#store.put(blobKey(hash), one)
    return this.#insert(owner, hash)
  }

  async #insert(owner: number, hash: string): Promise<string> {
    const size = (await stat(this.#photo)).size
    const now = Date.now()
    await this.#db.run('INSERT INTO blobs (hash, size, place, made_ms) VALUES (?)', [
      [hash, size, 'disk', now],
    ])
    const info = JSON.stringify({ width: wide, height: high })
    const { insertId } = await this.#db.run(
      'INSERT INTO files (user_id, cid, name, type, kind, size, hash, whole_ms, info, created_ms) VALUES (?)',
      [[owner, newCid(), 'photo.jpg', 'image/jpeg', 'image', size, hash, now, info, now]],
    )
    return insertId
  }

  close(): Promise<void> {
    return this.#db.close()
  }
}
