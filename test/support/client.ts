// A browser of somebody who may have no session yet: keeps its cookie, whatever an answer makes of it.
import { WebSocket } from 'ws'
import type { User } from '../../server/protocol/people.ts'
import type { Address } from './person.ts'

/** `code`: of a refusal. */
export interface ClientAnswer<Body> {
  status: number
  body: Body
  code: string | undefined
  headers: Headers
}

export class Client {
  readonly address: Address
  readonly name: string
  /** `name=value`; undefined: none. */
  cookie: string | undefined

  constructor(address: Address, name: string) {
    this.address = address
    this.name = name
  }

  /** Sent with each request. */
  headers(): Record<string, string> {
    return {}
  }

  async ask<Body>(method: string, path: string, body?: object): Promise<ClientAnswer<Body>> {
    const answer = await fetch(this.address + path, {
      method,
      redirect: 'manual',
      headers: {
        origin: this.address,
        ...this.headers(),
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    for (const cookie of answer.headers.getSetCookie())
      this.cookie = /Max-Age=0/.test(cookie) ? undefined : cookie.split(';')[0]
    const text = await answer.text()
    const read = text.startsWith('{') ? (JSON.parse(text) as { error?: { code: string } }) : undefined
    return { status: answer.status, body: read as Body, code: read?.error?.code, headers: answer.headers }
  }

  /** @throws if nobody is signed in */
  async me(): Promise<User> {
    const { user } = (await this.ask<{ user: User | null }>('GET', '/api/session')).body
    if (user === null) throw new Error('nobody is signed in')
    return user
  }

  /** Opens a socket; `ended` is the code with which it ends. @throws the status of a refused upgrade */
  async connects(): Promise<{ ended: Promise<number> }> {
    const socket = new WebSocket(`${this.address.replace('http', 'ws')}/api/ws`, {
      headers: { origin: this.address, cookie: this.cookie ?? '' },
    })
    const ended = new Promise<number>((resolve) => socket.on('close', resolve))
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    return { ended }
  }
}
