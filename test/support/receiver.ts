// A receiver of webhooks: a local HTTP server that records what it gets, and can be down, slow or misbehaving.
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Delivery {
  id: string
  headers: IncomingHttpHeaders
  body: string
  text: string
  seq: number
}

export class Receiver {
  /** Everything that was posted while it was up, in order, answered or not. */
  readonly posted: Delivery[] = []
  /** How it answers; by default 200. */
  answers: (...told: [...Parameters<RequestListener>, Delivery]) => void = (_request, response) => {
    response.end()
  }
  #server: Server | undefined
  #port = 0

  static async up(): Promise<Receiver> {
    const receiver = new Receiver()
    await receiver.returns()
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`
  }

  get texts(): string[] {
    return this.posted.map(({ text }) => text)
  }

  /** Stops listening and cuts requests in progress. */
  async goesDown(): Promise<void> {
    const server = this.#server
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve))
  }

  /** At the same address as before. */
  async returns(): Promise<void> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString()
        const { text, seq } = JSON.parse(body) as { text: string; seq: number }
        const delivery = {
          id: String(request.headers['x-brook-delivery']),
          headers: request.headers,
          body,
          text,
          seq,
        }
        this.posted.push(delivery)
        this.answers(request, response, delivery)
      })
    })
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve))
    this.#port = (server.address() as AddressInfo).port
  }
}
