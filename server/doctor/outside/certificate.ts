// The certificate that a browser is shown.
import { isIP } from 'node:net'
import { connect } from 'node:tls'

const withinMs = 10_000

/** `validTo`: ms since 1970. `trouble`: why a browser does not take it. @throws what says why there is none */
export function certificateOf(url: URL): Promise<{ validTo: number; trouble: string | undefined }> {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port: Number(url.port || 443),
      // An address is not named in the handshake.
      ...(isIP(host) === 0 ? { servername: host } : {}),
      rejectUnauthorized: false,
      timeout: withinMs,
    })
    socket.once('secureConnect', () => {
      const { valid_to: validTo } = socket.getPeerCertificate()
      const error = socket.authorizationError as Error | string | null
      socket.destroy()
      resolve({
        validTo: Date.parse(validTo),
        trouble: error === null || error === undefined ? undefined : String(error),
      })
    })
    socket.once('timeout', () => socket.destroy(new Error('TLS is not answered')))
    socket.once('error', reject)
  })
}
