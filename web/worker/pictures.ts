// Small pictures that were shown before (faces, emoji, previews) are there without a network too. They go when whoever is signed in
// goes: see web/offline/forget.ts.
const name = 'brook-pictures'
/** Some 10 MB: a face takes 10 KB, a preview 50 KB. The oldest go first. */
const max = 400
const maxBytes = 300_000

/** A picture whose address says what is in it is never another one; the others are asked for first. */
export async function answerPicture(
  request: Request,
  later: (work: Promise<unknown>) => void,
): Promise<Response> {
  const isForEver = new URL(request.url).searchParams.has('v')
  const kept = isForEver ? await find(request) : undefined
  if (kept !== undefined) return kept
  try {
    const answer = await fetch(request)
    if (isSmall(answer)) later(keep(request, answer.clone()).catch(() => undefined))
    return answer
  } catch (error) {
    const found = await find(request)
    if (found === undefined) throw error
    return found
  }
}

const find = async (request: Request): Promise<Response | undefined> =>
  caches.match(request.url, { cacheName: name, ignoreVary: true })

const isSmall = ({ status, headers }: Response): boolean =>
  status === 200 && Number(headers.get('content-length') ?? Infinity) <= maxBytes

async function keep({ url }: Request, answer: Response): Promise<void> {
  const cache = await caches.open(name)
  await cache.put(url, answer)
  const all = await cache.keys()
  for (const one of all.slice(0, Math.max(0, all.length - max))) await cache.delete(one)
}
