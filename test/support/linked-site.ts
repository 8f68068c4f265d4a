// A site on loopback whose pages are linked: it records who asked for what, and answers as a test says.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import sharp from 'sharp'

type Answers = (response: ServerResponse, request: IncomingMessage) => void

export class LinkedSite {
  /** Everything that was asked for, in order. */
  readonly asked: { path: string; headers: IncomingMessage['headers'] }[] = []
  readonly #pages = new Map<string, Answers>()
  #server: Server | undefined
  #port = 0

  static async up(): Promise<LinkedSite> {
    const site = new LinkedSite()
    const server = createServer((request, response) => {
      const path = request.url ?? ''
      site.asked.push({ path, headers: request.headers })
      const answers = site.#pages.get(path)
      if (answers !== undefined) return answers(response, request)
      response.writeHead(404, { 'content-type': 'text/html' }).end('<title>Nothing here</title>')
    })
    server.listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    site.#server = server
    site.#port = (server.address() as AddressInfo).port
    return site
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.#port}${path}`
  }

  answers(path: string, answers: Answers): string {
    this.#pages.set(path, answers)
    return this.url(path)
  }

  /** A page with this head. Answers its address. */
  has(path: string, head: string, type = 'text/html; charset=utf-8'): string {
    return this.answers(path, (response) => {
      response.writeHead(200, { 'content-type': type })
      response.end(`<!doctype html><html><head>${head}</head><body>words</body></html>`)
    })
  }

  /** A picture of one colour. */
  async shows(path: string, width: number, height: number, background = '#3a7'): Promise<string> {
    const bytes = await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer()
    return this.answers(path, (response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end(bytes)
    })
  }

  timesAsked(path: string): number {
    return this.asked.filter((one) => one.path === path).length
  }

  async goesDown(): Promise<void> {
    const server = this.#server
    server?.closeAllConnections()
    await new Promise((resolve) => server?.close(resolve))
  }
}
