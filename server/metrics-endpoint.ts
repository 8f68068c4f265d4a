// What `brook sync` and `brook bots` answer over HTTP, on METRICS_PORT: /healthz for probes and /metrics for Prometheus.
import { createServer } from 'node:http'
import { mayReadMetrics } from './metrics-access.ts'
import type { Metrics } from './metrics.ts'

/** Undefined port: nothing listens. @throws the system's error if the port is taken */
export async function serveMetrics(
  { host, port, token }: { host: string; port: number | undefined; token?: string | undefined },
  metrics: Metrics,
): Promise<{ port: number | undefined; close(): Promise<void> }> {
  if (port === undefined) return { port, close: async () => undefined }
  const server = createServer(({ url, socket, headers }, response) => {
    if (url === '/healthz')
      return response.setHeader('content-type', 'application/json').end('{"alive":true}')
    if (url !== '/metrics') return response.writeHead(404).end()
    if (!mayReadMetrics({ address: socket.remoteAddress, headers }, token))
      return response.writeHead(401, { 'www-authenticate': 'Bearer' }).end()
    metrics.text().then(
      (text) => response.setHeader('content-type', metrics.contentType).end(text),
      () => response.writeHead(500).end(),
    )
    return response
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve)
  })
  const address = server.address()
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
