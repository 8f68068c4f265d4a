// What stands before a Brook and changes which build of the web app it has: nothing but the build's name differs. It can also be
// gone, or give the service worker some code of a test.
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Address } from './person.ts'

export class ChangedBuild {
  /** In place of the build's own name, of the same length; undefined: as it is. */
  build: string | undefined
  /** The worker is told a wrong hash: half of another build is on the server. */
  isHalf = false
  /** Code that the worker begins with. */
  ahead = ''
  readonly address: Address
  readonly own: string
  readonly #server: Server
  readonly #behind: URL
  readonly #sockets = new Set<Socket>()

  static async before(address: Address): Promise<ChangedBuild> {
    const page = await (await fetch(address)).text()
    const [, own = ''] = /<meta name="brook-build" content="([^"]+)"/.exec(page) ?? []
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return new ChangedBuild(server, new URL(address), own)
  }

  private constructor(server: Server, behind: URL, own: string) {
    this.#server = server
    this.#behind = behind
    this.own = own
    this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => this.#pass(asked, answer))
    server.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.#upgrade(asked, socket, head),
    )
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  async gone(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    const { hostname, port } = this.#behind
    // Whole, and never "as it was".
    const { 'if-none-match': _etag, 'if-modified-since': _time, ...kept } = asked.headers
    const headers = { ...kept, 'accept-encoding': 'identity' }
    const passed = request({ hostname, port, method: asked.method, path: asked.url, headers }, (found) => {
      const { 'content-length': _bytes, ...others } = found.headers
      if (!this.#isChanged(asked, found)) {
        answer.writeHead(found.statusCode ?? 502, found.headers)
        return void found.pipe(answer)
      }
      answer.writeHead(found.statusCode ?? 502, others)
      const parts: Buffer[] = []
      found.on('data', (part: Buffer) => parts.push(part))
      found.on('end', () => answer.end(this.#changed(asked, Buffer.concat(parts).toString())))
    })
    passed.on('error', () => answer.destroy())
    asked.pipe(passed)
  }

  #isChanged({ url }: IncomingMessage, { headers }: IncomingMessage): boolean {
    return url === '/sw.js' || headers['content-type']?.startsWith('text/html') === true
  }

  #changed({ url }: IncomingMessage, text: string): string {
    const named = text.replaceAll(this.own, this.build ?? this.own)
    const told = this.isHalf ? named.replaceAll(/sha256-.{4}/g, 'sha256-AAAA') : named
    return url === '/sw.js' ? this.ahead + told : told
  }

  #upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const to = connect(Number(this.#behind.port), this.#behind.hostname, () => {
      const lines = Object.entries(asked.headers).map(([name, value]) => `${name}: ${String(value)}`)
      to.write(`GET ${asked.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
      to.write(head)
      to.pipe(socket).pipe(to)
    })
    for (const one of [to, socket]) one.on('error', () => [to, socket].forEach((each) => each.destroy()))
  }
}
