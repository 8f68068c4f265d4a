// What another app shares with the installed one: the service worker takes it, and a page asks where it is to go (web/shared-in).
// Kept in a cache of its own until then, a day at most, and never sent anywhere by itself.
import { sharePath } from '../../server/protocol/web-pages.ts'
import { sharedCache } from './shared-cache.ts'

const keptMs = 24 * 3_600_000

/** `at`: ms since 1970. `files`: how many. */
interface Said {
  at: number
  title: string
  text: string
  url: string
  files: number
}

export interface Shared extends Omit<Said, 'at' | 'files'> {
  files: File[]
}

const pathOf = (id: string, file?: number): string =>
  file === undefined ? `${sharePath}/${id}` : `${sharePath}/${id}/${file}`
/** Of any script: a header takes Latin letters only. */
const nameHeader = 'x-name'

const wordsOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** Returns its id, for the address of the page. `now`: ms since 1970. @throws if the disk is full */
export async function keepShared(form: FormData, now = Date.now()): Promise<string> {
  const id = crypto.randomUUID()
  const cache = await caches.open(sharedCache)
  await dropOld(cache, now)
  const files = form.getAll('files').filter((one) => one instanceof File)
  await Promise.all(
    files.map((file, at) => {
      const headers = { 'content-type': file.type, [nameHeader]: encodeURIComponent(file.name) }
      return cache.put(pathOf(id, at), new Response(file, { headers }))
    }),
  )
  const [title, text, url] = [wordsOf(form, 'title'), wordsOf(form, 'text'), wordsOf(form, 'url')]
  const said: Said = { at: now, title, text, url, files: files.length }
  await cache.put(pathOf(id), Response.json(said))
  return id
}

/** Undefined: it is not there any more. */
export async function readShared(id: string): Promise<Shared | undefined> {
  const cache = await caches.open(sharedCache)
  const found = await cache.match(pathOf(id))
  if (found === undefined) return undefined
  const { files: count, title, text, url } = (await found.json()) as Said
  const files = await Promise.all([...Array(count).keys()].map((at) => fileOf(cache, pathOf(id, at))))
  return { title, text, url, files: files.filter((file) => file !== undefined) }
}

async function fileOf(cache: Cache, path: string): Promise<File | undefined> {
  const found = await cache.match(path)
  if (found === undefined) return undefined
  const name = decodeURIComponent(found.headers.get(nameHeader) ?? '')
  return new File([await found.blob()], name, { type: found.headers.get('content-type') ?? '' })
}

export async function dropShared(id: string): Promise<void> {
  const cache = await caches.open(sharedCache)
  await dropAll(cache, pathOf(id))
}

const dropAll = async (cache: Cache, path: string): Promise<void> => {
  const mine = (await cache.keys()).filter(({ url }) => `${new URL(url).pathname}/`.startsWith(`${path}/`))
  await Promise.all(mine.map((one) => cache.delete(one)))
}

async function dropOld(cache: Cache, now: number): Promise<void> {
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url)
    if (pathname.split('/').length > 3) continue
    const { at } = ((await (await cache.match(pathname))?.json()) ?? { at: 0 }) as Pick<Said, 'at'>
    if (Math.abs(now - at) > keptMs) await dropAll(cache, pathname)
  }
}
