// A running Brook as a browser sees it, through whatever is in front of it: what a proxy must do, asked one by one. It signs nobody in
// and changes nothing.
import { ask, pokeSocket, sizeAnswer, type Answer } from './ask.ts'
import { certificateOf } from './certificate.ts'

export interface Finding {
  name: string
  /** What holds, if nothing is wrong. */
  well: string
  /** What is wrong, and what to do about it. */
  wrong?: string
}

const dayMs = 86_400_000
/** Long enough to renew by hand. */
const certificateDays = 14

export async function lookFromOutside(url: URL): Promise<Finding[]> {
  const reached = await reach(url)
  if (reached.wrong !== undefined) return [reached]
  const parts = [tls, name, origin, forwarded, webSocket, caching, uploads, metrics]
  const found = await Promise.all(
    parts.map((part) =>
      part(url).catch((error: Error): Finding => ({
        name: part.name,
        well: '',
        wrong: `could not be asked: ${error.message}`,
      })),
    ),
  )
  return [reached, ...found]
}

async function reach(url: URL): Promise<Finding> {
  const finding = { name: 'reach', well: `${url.origin} answers` }
  try {
    const { status, location } = await ask(url, '/healthz')
    if (location !== undefined) return { ...finding, wrong: `it leads to ${location}: give that address` }
    if (status === 502 || status === 503 || status === 504)
      return {
        ...finding,
        wrong: `the proxy answers ${status}: it does not reach Brook, or Brook is not ready`,
      }
    return status === 200 ? finding : { ...finding, wrong: `/healthz answers ${status}: is this a Brook?` }
  } catch (error) {
    return { ...finding, wrong: `no answer: ${(error as Error).message}` }
  }
}

async function tls(url: URL): Promise<Finding> {
  const finding = { name: 'tls', well: 'the certificate is good' }
  if (url.protocol === 'http:')
    return isHere(url)
      ? { ...finding, well: 'plain HTTP, which is fine on this machine' }
      : { ...finding, wrong: 'plain HTTP: passwords and words can be read on the way. Let the proxy end TLS' }
  const { validTo, trouble } = await certificateOf(url)
  if (trouble !== undefined)
    return { ...finding, wrong: `browsers do not accept the certificate: ${trouble}` }
  const days = Math.floor((validTo - Date.now()) / dayMs)
  return days < certificateDays
    ? { ...finding, wrong: `the certificate ends in ${days} days: renew it` }
    : { ...finding, well: `the certificate is good for ${days} days` }
}

async function name(url: URL): Promise<Finding> {
  const finding = { name: 'host', well: 'Brook answers under this name' }
  const answer = await ask(url, '/api/workspace')
  if (codeOf(answer) === 'bad_host')
    return {
      ...finding,
      wrong: `Brook does not know the name ${url.hostname}: set PUBLIC_URL=${url.origin}, and let the proxy pass Host or X-Forwarded-Host on`,
    }
  return answer.status === 200 && answer.json !== undefined
    ? finding
    : {
        ...finding,
        wrong: `/api/workspace answers ${answer.status} and not what Brook says: paths below /api must reach it`,
      }
}

/** Signing out without a session changes nothing, and answers with a cookie that ends one. */
const signOut = (url: URL): Promise<Answer> =>
  ask(url, '/api/session', {
    method: 'DELETE',
    headers: { origin: url.origin, cookie: 'brook=none; __Host-brook=none' },
  })

async function origin(url: URL): Promise<Finding> {
  const finding = { name: 'origin', well: 'pages of this address may change something' }
  const answer = await signOut(url)
  return codeOf(answer) === 'bad_origin'
    ? {
        ...finding,
        wrong:
          'Brook takes its own pages for another site’s: the proxy must pass Host (with its port) or X-Forwarded-Host on unchanged',
      }
    : finding
}

async function forwarded(url: URL): Promise<Finding> {
  const finding = { name: 'forwarded', well: 'Brook knows how people reach it' }
  const { cookies } = await signOut(url)
  const isSecure = cookies.some((cookie) => /^__Host-brook=.*;\s*secure/i.test(cookie))
  const isPlain = cookies.some((cookie) => cookie.startsWith('brook='))
  if (url.protocol === 'https:' && isPlain && !isSecure)
    return {
      ...finding,
      wrong:
        'Brook does not hear that this is HTTPS, so its cookies are not Secure: let the proxy send X-Forwarded-Proto, and name it in TRUST_PROXY if it is on another machine',
    }
  if (url.protocol === 'http:' && isSecure)
    return { ...finding, wrong: 'Brook is told that this is HTTPS, and it is not: nobody stays signed in' }
  return finding
}

async function webSocket(url: URL): Promise<Finding> {
  const finding = { name: 'websocket', well: 'upgrades reach Brook' }
  const { status, code } = await pokeSocket(url)
  // Without a session Brook refuses the upgrade itself, in its own words.
  if (status === 101 || code === 'signed_out' || code === 'not_ready') return finding
  if (code === 'bad_origin' || code === 'bad_host')
    return {
      ...finding,
      wrong: 'Brook takes the upgrade for one from another site: the proxy must pass Host on',
    }
  return {
    ...finding,
    wrong: `the upgrade at /api/ws is answered ${status}: the proxy must pass on Upgrade and Connection, by HTTP/1.1`,
  }
}

async function caching(url: URL): Promise<Finding> {
  const finding = { name: 'caching', well: 'pages are asked for again, and their parts are kept' }
  const [page, api] = await Promise.all([ask(url, '/'), ask(url, '/api/workspace')])
  if (!/no-store/.test(api.cacheControl))
    return {
      ...finding,
      wrong: `answers of /api say "${api.cacheControl}" and not no-store: the proxy must not cache them`,
    }
  if (!/no-cache|no-store/.test(page.cacheControl))
    return {
      ...finding,
      wrong: `the page says "${page.cacheControl}": after an upgrade people would keep the old one`,
    }
  const [, asset] = /(?:src|href)="(\/assets\/[^"]+)"/.exec(page.text) ?? []
  if (asset === undefined) return finding
  const part = await ask(url, asset)
  return /immutable/.test(part.cacheControl)
    ? finding
    : { ...finding, wrong: `${asset} says "${part.cacheControl}": every visit fetches all of the app again` }
}

/** As many bytes as a browser sends of a file in one request. */
const uploadBytes = 32 * 1024 * 1024

async function uploads(url: URL): Promise<Finding> {
  const finding = { name: 'body-size', well: 'files can be sent' }
  return (await sizeAnswer(url, '/api/files/1', uploadBytes)) === 413
    ? {
        ...finding,
        wrong: `the proxy refuses requests of ${uploadBytes / 1024 / 1024} MiB, by which files are sent: raise its limit below /api/files (nginx: client_max_body_size 33m)`,
      }
    : finding
}

async function metrics(url: URL): Promise<Finding> {
  const finding = { name: 'metrics', well: '/metrics is not shown to everybody' }
  if (isHere(url)) return { ...finding, well: '/metrics is for this machine' }
  const { status, text } = await ask(url, '/metrics')
  return status === 200 && text.includes('brook_')
    ? { ...finding, wrong: '/metrics is shown to everybody: let the proxy refuse it' }
    : finding
}

const isHere = ({ hostname }: URL): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)

const codeOf = ({ json }: Answer): string | undefined =>
  (json as { error?: { code?: string } } | undefined)?.error?.code
