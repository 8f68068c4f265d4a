// The app's page and files, as this browser keeps them: a cache for each build. A build is complete once its page is there, which is
// written last; until then, and whenever something is missing, the network answers and what is missing is fetched again.
import { carriedOver, insistsWithinMs, isForEver, outdated } from './answers.ts'
import { build } from './build.ts'

declare const self: ServiceWorkerGlobalScope

const prefix = 'brook-build-'
const own = prefix + build.id
const pagePath = '/'
export const first: ReadonlySet<string> = new Set(Object.keys(build.first))

const isOfBuild = (name: string): boolean => name.startsWith(prefix)
const pathsIn = async (cache: Cache): Promise<string[]> =>
  (await cache.keys()).map(({ url }) => new URL(url).pathname)

/** @throws if a file is not there, or not that of this build: half of another one may be on the server by now. */
export async function fetchBuild(): Promise<void> {
  const cache = await caches.open(own)
  const there = new Set(await pathsIn(cache))
  const missing = Object.entries(build.first).filter(([path]) => !there.has(path))
  await Promise.all(missing.map(([path, integrity]) => keepFile(cache, path, integrity)))
  if (!there.has(pagePath)) await keepPage(cache)
}

async function keepFile(cache: Cache, path: string, integrity = ''): Promise<void> {
  const answer = await fetch(path, { integrity, cache: isForEver(path) ? 'default' : 'no-cache' })
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`)
  await cache.put(path, answer)
}

async function keepPage(cache: Cache): Promise<void> {
  const answer = await fetch(pagePath, { cache: 'no-cache' })
  const text = await answer.text()
  // Its name, not its hash: what stands before a server may add to a page.
  if (answer.status !== 200 || !text.includes(`"${build.id}"`))
    throw new Error('the page is of another build')
  const headers = new Headers(answer.headers)
  // Of the body as it was sent, and of whoever was signed in.
  for (const name of ['content-encoding', 'content-length', 'link', 'vary']) headers.delete(name)
  await cache.put(pagePath, new Response(text, { headers }))
}

/** Parts that were used before: those of a former build, or `paths`. They are missed only without a network. */
export async function fetchUsed(paths?: readonly string[]): Promise<void> {
  const cache = await caches.open(own)
  const there = new Set(await pathsIn(cache))
  const wanted = paths ?? carriedOver(await usedBefore(), build.later)
  const missing = wanted.filter((path) => build.later.includes(path) && !there.has(path))
  await Promise.allSettled(missing.map((path) => keepFile(cache, path)))
}

async function usedBefore(): Promise<string[]> {
  const names = (await caches.keys()).filter((name) => isOfBuild(name) && name !== own)
  return (await Promise.all(names.map(async (name) => pathsIn(await caches.open(name))))).flat()
}

let reloadedAt = -Infinity
/** The next page is asked of the server. */
export const insist = (): void => void (reloadedAt = performance.now())

function isInsistent({ cache }: Request): boolean {
  if (cache !== 'no-cache' && cache !== 'reload') return false
  const before = reloadedAt
  insist()
  return performance.now() - before < insistsWithinMs
}

/** At once from the cache. `heal` goes on after the answer. */
export async function answerPage(
  request: Request,
  heal: (work: Promise<unknown>) => void,
): Promise<Response> {
  const cache = await caches.open(own)
  const [kept, there] = await Promise.all([cache.match(pagePath), pathsIn(cache)])
  const isWhole = kept !== undefined && [...first].every((path) => there.includes(path))
  if (!isWhole) heal(fetchBuild().catch(() => undefined))
  if (isWhole && !isInsistent(request)) return kept
  try {
    const answer = await fetch(request)
    // What stands before a server says so while the server is away.
    return answer.status < 500 || kept === undefined ? answer : kept
  } catch (error) {
    if (kept === undefined) throw error
    return kept
  }
}

/** A part that is used for the first time is kept. */
export async function answerFile(
  request: Request,
  keep: (work: Promise<unknown>) => void,
): Promise<Response> {
  const { pathname } = new URL(request.url)
  const found = await findFile(pathname)
  if (found !== undefined) return found
  const answer = await fetch(request)
  if (answer.status === 200 && isOfThisBuild(pathname)) {
    const copy = answer.clone()
    // Trap: a full disk takes nothing away from the page.
    keep(
      caches
        .open(own)
        .then((cache) => cache.put(pathname, copy))
        .catch(() => undefined),
    )
  }
  return answer
}

const isOfThisBuild = (path: string): boolean => first.has(path) || build.later.includes(path)

/** Pages of former builds go on with theirs; what has no hash in its name is that of this one. */
async function findFile(path: string): Promise<Response | undefined> {
  const others = isForEver(path)
    ? (await caches.keys()).filter((name) => isOfBuild(name) && name !== own)
    : []
  for (const name of [own, ...others]) {
    const found = await (await caches.open(name)).match(path, { ignoreVary: true })
    if (found !== undefined) return found
  }
  return undefined
}

/** Removes the files of builds that nobody uses any more. */
export async function tidy(): Promise<void> {
  // What is being installed has a cache already.
  if (self.registration.installing !== null) return
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const all = (await caches.keys()).filter(isOfBuild)
  await Promise.all(outdated(all, own, windows.length > 0).map((name) => caches.delete(name)))
}
