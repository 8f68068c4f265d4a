// The queue of mails on a real mail server: each is sent once, kept while the server is away, and given up in the end.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openMail } from '../../server/mail/feature.ts'
import type { Mail } from '../../server/mail/mail.ts'
import { MailQueue } from '../../server/mail/queue.ts'
import { backOff, Sender, type SenderDeps } from '../../server/mail/sender.ts'
import { openSmtp, type Smtp } from '../../server/mail/smtp.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import { MailServer } from '../support/mail-server.ts'

let server: MailServer
let brook: Brook
beforeAll(async () => {
  server = await MailServer.start()
  brook = await Brook.start({ mail: server.config, publicUrl: new URL('https://chat.example') })
})
afterAll(async () => {
  await brook.stop()
  await server.goes()
})

let count = 0
const fresh = (): string => `person${(count += 1)}@example.org`

/** A queue of a test's own, whose clock it moves. */
class Post {
  now = Date.now()
  readonly lines: string[] = []
  readonly mail: Mail
  readonly senders: Sender[] = []
  readonly #smtps: Smtp[] = []

  constructor() {
    const { mail } = openMail(brook)
    if (mail === undefined) throw new Error('no mail')
    Object.assign(mail, { queue: new MailQueue(brook.db, 'chat.example', () => this.now) })
    this.mail = mail
    mail.add('post', {
      compose: async ({ address, data }) => ({
        to: address ?? '',
        subject: 'Hello',
        blocks: [String((data as { text: string }).text)],
        small: [],
      }),
    })
  }

  sender(): Sender {
    const sender = new Sender(this.deps())
    this.senders.push(sender)
    return sender
  }

  deps(): SenderDeps {
    const smtp = openSmtp(server.config)
    this.#smtps.push(smtp)
    return {
      mail: this.mail,
      smtp,
      holder: `test ${(count += 1)}`,
      workspace: async () => 'Garden',
      server: 'The mail server',
      outages: { failed: (what, why) => this.lines.push(`${what}: ${why}`), works: () => undefined },
      tell: (line) => this.lines.push(line),
      sent: { inc: () => undefined } as never,
      givenUp: { inc: () => undefined } as never,
      onError: (error) => this.lines.push(String(error)),
      now: () => this.now,
    }
  }

  async puts(address: string, text = 'hello'): Promise<string> {
    const mail = { kind: 'post', userId: null, address, data: { text }, language: 'en' } as const
    return this.mail.put(brook.db, mail)
  }

  async rows(): Promise<number> {
    const [row] = await brook.db.rows<{ n: number }>("SELECT COUNT(*) AS n FROM mails WHERE kind = 'post'")
    return Number(row?.n)
  }

  close(): void {
    for (const sender of this.senders) sender.close()
    for (const smtp of this.#smtps) smtp.close()
  }
}

let post: Post
beforeEach(() => {
  server.refuses = () => undefined
  server.beforeTaking = () => undefined
  post = new Post()
})
afterEach(async () => {
  post.close()
  await brook.db.run("DELETE FROM mails WHERE kind = 'post'")
})

test('a mail is sent once, however many processes want to', async () => {
  const to = fresh()
  for (let n = 0; n < 10; n += 1) await post.puts(to, `number ${n}`)
  await Promise.all([post.sender().run(), post.sender().run(), post.sender().run()])
  expect(
    server
      .to(to)
      .map(({ text }) => /number \d/.exec(text)?.[0])
      .sort(),
  ).toEqual(Array.from({ length: 10 }, (_, n) => `number ${n}`))
  expect(await post.rows()).toBe(0)
  const [one] = server.to(to)
  expect(one?.from).toBe('brook@chat.example')
  expect(one?.mail.from?.text).toBe('"Garden" <brook@chat.example>')
  expect(one?.headers.get('message-id')).toMatch(/^<[\da-f]{32}@chat\.example>$/)
  expect(new Set(server.to(to).map(({ mail }) => mail.messageId)).size).toBe(10)
})

test('a mail server that is away for a day loses nothing, and is asked by one mail at a time', async () => {
  const to = fresh()
  await server.goes()
  for (let n = 0; n < 20; n += 1) await post.puts(to, `number ${n}`)
  const sender = post.sender()
  let rounds = 0
  for (const end = post.now + 24 * 3_600_000; post.now < end; post.now += 10 * 60_000) {
    await sender.run()
    rounds += 1
  }
  expect(rounds).toBe(144)
  expect(await post.rows()).toBe(20)
  expect(post.lines).toContain('The mail server: ESOCKET at CONN')
  expect(post.lines.join()).not.toContain('secret')
  await server.comes()
  const before = server.connections
  await sender.run()
  expect([server.to(to).length, await post.rows(), server.connections - before]).toEqual([20, 0, 20])
})

test('what cannot be sent for longer is given up, and said', async () => {
  const to = fresh()
  const id = await post.puts(to)
  server.refuses = () => ({ code: 451, words: 'later' })
  const sender = post.sender()
  await sender.run()
  expect(await post.rows()).toBe(1)
  post.now += limits.mail.keptMs - 1
  await sender.run()
  expect(await post.rows()).toBe(1)
  post.now += 1
  await sender.run()
  expect(await post.rows()).toBe(0)
  expect(post.lines).toContain(`mail ${id} (post) could not be sent for 30 hours, and was given up`)
  expect(server.to(to)).toEqual([])
})

test('one that is refused for now is tried again later, and holds nobody up; one that is refused for good is not', async () => {
  const [slow, never, other] = [fresh(), fresh(), fresh()]
  server.refuses = (to) => {
    if (to === slow) return { code: 450, words: 'greylisted' }
    return to === never ? { code: 550, words: `no such user ${never}` } : undefined
  }
  await post.puts(slow)
  const id = await post.puts(never)
  await post.puts(other)
  const sender = post.sender()
  await sender.run()
  expect([server.to(other).length, await post.rows()]).toEqual([1, 1])
  expect(post.lines).toEqual([
    `mail ${id} (post) was refused for good by the mail server: EENVELOPE 550 at RCPT TO`,
  ])
  server.refuses = () => undefined
  await sender.run()
  expect(server.to(slow)).toEqual([])
  post.now += limits.mail.retry.firstMs
  await sender.run()
  expect(server.to(slow)).toHaveLength(1)
  expect([backOff(0, 1), backOff(30, 1), backOff(1_000, 1)]).toEqual([15_000, 1_200_000, 1_200_000])
})

test('a wrong password is the fault of the setting: nothing is lost, and the password is not said', async () => {
  const to = fresh()
  await post.puts(to)
  const sender = new Sender({
    ...post.deps(),
    smtp: openSmtp({ ...server.config, auth: { user: 'brook', pass: 'hunter22' } }),
  })
  await sender.run()
  expect(post.lines).toEqual(['The mail server: EAUTH 535 at AUTH PLAIN'])
  post.now += limits.mail.away.maxMs
  await post.sender().run()
  expect(server.to(to)).toHaveLength(1)
})

test('where the server has taken it and nobody heard so, it is sent again with the same Message-ID', async () => {
  const to = fresh()
  await post.puts(to)
  const dies = post.sender()
  // The process is gone in the moment between the server's 250 and the mark.
  const { queue } = post.mail
  const remove = queue.remove.bind(queue)
  queue.remove = () => Promise.reject(new Error('killed'))
  await dies.run()
  queue.remove = remove
  const other = post.sender()
  await other.run()
  expect(server.to(to)).toHaveLength(1)
  post.now += limits.mail.leaseMs
  await other.run()
  expect(server.to(to)).toHaveLength(2)
  expect(new Set(server.to(to).map(({ mail }) => mail.messageId)).size).toBe(1)
  expect(await post.rows()).toBe(0)
})

test('a server that begins to send finds what another one has left', async () => {
  const to = 'ann@example.org'
  const data = { at: Date.now(), name: 'Ann' }
  await post.mail.put(brook.db, { kind: 'address-gone', userId: null, address: to, data, language: 'en' })
  const received = await server.newest(to)
  expect(received.mail.subject).toContain('changed')
  expect(await brook.metric('brook_mails_sent_total{kind="address-gone"}')).toBe(1)
})
