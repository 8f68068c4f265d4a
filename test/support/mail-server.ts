// A real mail server on this machine: keeps what it takes, and can be away, refuse, or be slow to say so.
import type { AddressInfo } from 'node:net'
import { simpleParser, type ParsedMail } from 'mailparser'
import { SMTPServer, type SMTPServerDataStream } from 'smtp-server'
import type { MailConfig } from '../../server/config-mail.ts'
import { until } from './until.ts'

export interface Received {
  /** Of the envelope. */
  from: string
  to: string[]
  mail: ParsedMail
  /** As it came over the wire. */
  raw: string
  text: string
  headers: Map<string, string>
}

/** Settings of a Brook whose mail server is away: with all routes, and nothing is sent. */
export const awayMail = {
  mail: {
    host: '127.0.0.1',
    port: 9,
    secure: false,
    needsTls: false,
    auth: undefined,
    from: { name: undefined, address: 'brook@example.org' },
  },
  publicUrl: new URL('http://localhost'),
}

const codeError = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode })

export class MailServer {
  readonly received: Received[] = []
  /** Says it of each recipient, or of none. */
  refuses: (to: string) => { code: number; words: string } | undefined = () => undefined
  /** Called when a mail has come whole, before the server says so; a returned promise is waited for. */
  beforeTaking: (mail: Received) => unknown = () => undefined
  connections = 0
  #server: SMTPServer | undefined
  #port = 0

  static async start(): Promise<MailServer> {
    const server = new MailServer()
    await server.comes()
    return server
  }

  /** What Brook is given. */
  get config(): MailConfig {
    return {
      host: '127.0.0.1',
      port: this.#port,
      secure: false,
      needsTls: false,
      auth: { user: 'brook', pass: 'a secret' },
      from: { name: undefined, address: 'brook@chat.example' },
    }
  }

  /** At the address that it had before. */
  async comes(): Promise<void> {
    const server = new SMTPServer({
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      logger: false,
      onConnect: (_session, done) => {
        this.connections += 1
        done()
      },
      onAuth: ({ username, password }, _session, done) =>
        username === 'brook' && password === 'a secret'
          ? done(null, { user: username })
          : done(codeError(535, 'wrong')),
      onRcptTo: ({ address }, _session, done) => {
        const why = this.refuses(address)
        done(why === undefined ? null : codeError(why.code, why.words))
      },
      onData: (stream, { envelope }, done) => {
        const from = envelope.mailFrom === false ? '' : (envelope.mailFrom?.address ?? '')
        const to = envelope.rcptTo.map(({ address }) => address)
        void this.#take(stream, from, to).then(
          () => done(null),
          (error: unknown) => done(error as Error),
        )
      },
    })
    server.on('error', () => undefined)
    this.#server = server
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', () => resolve()))
    this.#port = (server.server.address() as AddressInfo).port
  }

  /** Nobody answers there. */
  async goes(): Promise<void> {
    const server = this.#server
    if (server === undefined) return
    this.#server = undefined
    for (const connection of server.connections) connection.close()
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }

  /** The newest mail to this address that has come, or comes. */
  async newest(to: string, after = 0): Promise<Received> {
    const find = () => this.to(to)[this.to(to).length - 1]
    await until(() => this.to(to).length > after)
    const found = find()
    if (found === undefined) throw new Error(`no mail to ${to}`)
    return found
  }

  to(address: string): Received[] {
    return this.received.filter(({ to }) => to.includes(address))
  }

  async #take(stream: SMTPServerDataStream, from: string, to: string[]): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of stream) pieces.push(piece as Buffer)
    const raw = Buffer.concat(pieces)
    const mail = await simpleParser(raw)
    const headers = new Map(
      mail.headerLines.map(({ key, line }) => [key, line.slice(key.length + 1).trim()] as const),
    )
    const received = { from, to, mail, raw: raw.toString(), text: mail.text ?? '', headers }
    await this.beforeTaking(received)
    this.received.push(received)
  }
}

/** What stands behind the # of the link in a mail. */
export function codeIn({ text }: Received, page: string): string {
  const [, code = ''] = new RegExp(`https?://\\S+/${page}#([\\w-]+)`).exec(text) ?? []
  return code
}
