// Under which names this Brook answers. A page from elsewhere can give our address to a name of its own and is then, for the
// browser, our own page (DNS rebinding): only the name tells.
import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { refuse } from './answer.ts'
import type { Config } from './config.ts'
import { warnOfSite } from './other-sites.ts'

/** For probes, which ask under whatever name they have; they show nothing of anybody. */
const forProbes = new Set(['/healthz', '/readyz', '/metrics'])

/** `host`: as a request names it, perhaps with a port. */
export function isOwnHost(host: string | undefined, { publicUrl, allowedHosts }: HostSettings): boolean {
  const url = `http://${host ?? ''}`
  if (!/^[\w.:[\]-]+$/.test(host ?? '') || !URL.canParse(url)) return false
  const name = new URL(url).hostname
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === 'localhost' || name.endsWith('.localhost'))
    return true
  return name === publicUrl?.hostname || allowedHosts.includes(name)
}

type HostSettings = Pick<Config, 'publicUrl' | 'allowedHosts'>

/** Sockets begin as requests, so this holds for them as well. */
export function refuseForeignHosts(app: FastifyInstance, settings: HostSettings): void {
  app.addHook('onRequest', async (request, reply) => {
    if (forProbes.has(request.url) || isOwnHost(request.host, settings)) return undefined
    warnOfSite(request, 'a request under a foreign name was refused; see PUBLIC_URL and ALLOWED_HOSTS')
    return refuse(reply, { code: 'bad_host' })
  })
}
