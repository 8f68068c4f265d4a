// The links in mails. A code is derived from the number of its mail and a secret of the servers, so that each attempt to send the
// mail has the same one, and no queue keeps it; its ticket is written when the mail is composed, and lasts from then on.
import { createHmac } from 'node:crypto'
import type { Db } from '../db.ts'
import type { TicketData, TicketKind, Tickets } from '../identity/tickets.ts'
import type { QueuedMail } from '../mail/queue.ts'
import type { ServerKeys } from '../server-keys.ts'

export interface MailedLinksDeps {
  db: Db
  keys: ServerKeys
  tickets: Pick<Tickets, 'put'>
  origin: string
}

const codeChars = 22

export class MailedLinks {
  readonly #deps: MailedLinksDeps

  constructor(deps: MailedLinksDeps) {
    this.#deps = deps
  }

  /** Undefined: the link was used by whoever got an earlier attempt. `path`: the page that takes the code. */
  async make<Kind extends TicketKind>(
    mail: Pick<QueuedMail, 'id'>,
    kind: Kind,
    {
      path,
      userId,
      data,
      lifeMs,
    }: { path: string; userId: string | null; data: TicketData[Kind]; lifeMs: number },
  ): Promise<string | undefined> {
    const { db, keys, tickets, origin } = this.#deps
    const key = await keys.of('mail-links')
    const code = createHmac('sha256', key)
      .update(`${kind} ${mail.id}`)
      .digest('base64url')
      .slice(0, codeChars)
    const isThere = await db.transaction(async (tx) => {
      // Whoever uses the link removes the mail: this waits for them, or they for this.
      const rows = await tx.rows('SELECT id FROM mails WHERE id = ? FOR UPDATE', [BigInt(mail.id)])
      if (rows.length === 0) return false
      await tickets.put(tx, kind, { code, userId, data, lifeMs })
      return true
    })
    // Behind the #: no server and no proxy on the way logs it.
    return isThere ? `${origin}${path}#${code}` : undefined
  }
}
