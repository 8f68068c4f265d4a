// What other features do with mail: put one into the queue, inside their own transaction. Each kind says what its mails are
// composed of at the moment when they are sent.
import type { Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Letter } from './letter.ts'
import type { MailQueue, NewMail, QueuedMail } from './queue.ts'

export interface MailKind {
  /**
   * Right before each attempt. Undefined: nobody wants it any more. @throws a lost connection, if MySQL is down: it is tried again
   */
  compose(mail: QueuedMail): Promise<Letter | undefined>
}

export class Mail {
  readonly kinds = new Map<string, MailKind>()
  readonly queue: MailQueue
  /** Where the links in mails lead, without a slash at the end. */
  readonly origin: string
  #onPut: () => void = () => undefined

  constructor(queue: MailQueue, origin: string) {
    this.queue = queue
    this.origin = origin
  }

  /** Each kind is told once, when the process starts. */
  add(kind: string, how: MailKind): void {
    this.kinds.set(kind, how)
  }

  onPut(look: () => void): void {
    this.#onPut = look
  }

  /** Inside the transaction of what the mail is about; call `soon` once it is committed. */
  put(tx: Queryable, mail: NewMail): Promise<string> {
    return this.queue.put(tx, mail)
  }

  /** One that somebody asks for who may be anybody. */
  async ask(db: Queryable, mail: NewMail): Promise<Refusal | undefined> {
    if ((await this.queue.waiting()) >= limits.mail.waiting)
      return { code: 'overloaded', retryAfterMs: limits.overloadedRetryMs }
    await this.put(db, mail)
    this.soon()
    return undefined
  }

  /** There may be something to send. */
  soon(): void {
    this.#onPut()
  }
}
