// Whether there are cards, and of which sites none: what the workspace, a room and a person have set. SQL of `link_card_blocked` and
// `link_card_views`. Read when a card may be made, which is rare; nothing of it is kept in memory.
import { noteAudit } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import { factOf, setFact } from '../facts.ts'
import type { Refusal } from '../protocol/errors.ts'
import { linkCardLimits } from '../protocol/link-card-limits.ts'
import type { CardView, LinkCardSettings, LinkCardSettingsBody } from '../protocol/link-cards.ts'
import type { Person } from '../protocol/people.ts'
import { cleanHost, isWithin } from '../text/linked-hosts.ts'

/** The fact of the installation; missing: they are on. */
const onFact = 'link-cards'

/** What holds for the links of one room. */
export interface CardRules {
  isOn: boolean
  isBlocked: (host: string) => boolean
}

export class LinkCardSettingsStore {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  async read(db: Queryable = this.#db): Promise<LinkCardSettings> {
    const on = await factOf(db, onFact)
    const rows = await db.rows<{ host: string }>('SELECT host FROM link_card_blocked ORDER BY host')
    return { on: on !== 'off', blocked: rows.map(({ host }) => host) }
  }

  async of(room: string): Promise<CardRules> {
    const { on, blocked } = await this.read()
    const [row] = await this.#db.rows<{ link_cards: number }>('SELECT link_cards FROM rooms WHERE id = ?', [
      BigInt(room),
    ])
    return {
      isOn: on && row?.link_cards === 1,
      isBlocked: (host) => blocked.some((site) => isWithin(host, site)),
    }
  }

  async change(
    { by, address }: { by: Person; address: string },
    { on, blocked: raw }: LinkCardSettingsBody,
  ): Promise<LinkCardSettings | Refusal> {
    const hosts = raw?.map(cleanHost)
    const isBad = hosts?.includes(undefined) === true || new Set(hosts).size > linkCardLimits.blocked
    if (isBad)
      return { code: 'bad_request', detail: `up to ${linkCardLimits.blocked} sites such as example.com` }
    return this.#db.transaction(async (tx) => {
      if (on !== undefined) await setFact(tx, onFact, on ? 'on' : 'off')
      if (hosts !== undefined) {
        await tx.run('DELETE FROM link_card_blocked')
        for (const host of new Set(hosts))
          if (host !== undefined) await tx.run('INSERT INTO link_card_blocked (host) VALUES (?)', [host])
      }
      const now = await this.read(tx)
      const changed = {
        ...(on === undefined ? {} : { linkCards: on }),
        ...(raw === undefined ? {} : { linkCardsBlocked: now.blocked.join(', ').slice(0, 500) }),
      }
      await noteAudit(tx, { kind: 'workspace_changed', by, address, about: { changed } })
      return now
    })
  }

  /** How somebody wants to see them. */
  async viewOf(user: string): Promise<CardView> {
    const [row] = await this.#db.rows<CardView>('SELECT view FROM link_card_views WHERE user_id = ?', [
      BigInt(user),
    ])
    return { view: row?.view ?? 'open' }
  }

  async setView(user: string, { view }: CardView): Promise<void> {
    if (view === 'open') await this.#db.run('DELETE FROM link_card_views WHERE user_id = ?', [BigInt(user)])
    else
      await this.#db.run(
        'INSERT INTO link_card_views (user_id, view) VALUES (?) ON DUPLICATE KEY UPDATE view = VALUES(view)',
        [[BigInt(user), view]],
      )
  }
}
