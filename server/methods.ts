// Which methods an address takes: for the answer to a request with another one.
import type { FastifyInstance } from 'fastify'

/** Created before the routes are registered. Returns the methods that a path takes; none: there is no such path. */
export function watchMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { path: RegExp; methods: string[] }[] = []
  app.addHook('onRoute', ({ url, method }) => {
    if (!url.includes('*')) routes.push({ path: patternOf(url), methods: [method].flat() })
  })
  return (path) =>
    [...new Set(routes.flatMap((route) => (route.path.test(path) ? route.methods : [])))].sort()
}

const patternOf = (url: string): RegExp => {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.\\]/g, '\\$&')))
  return new RegExp(`^${parts.join('/')}/?$`)
}
