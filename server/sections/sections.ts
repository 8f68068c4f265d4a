// The sections of people's own lists of rooms, in MySQL. Which rooms are in one is a setting of each room
// (membership/settings.ts).
import type { Db, Queryable } from '../db.ts'
import { skeleton } from '../naming/look-alikes.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { charsIn, cleanRoomName } from '../protocol/names.ts'
import { isUsual, usualSections, usualSort, type SectionSort } from '../protocol/section-kinds.ts'
import type { Section, SectionBody } from '../protocol/sections.ts'

interface Row {
  id: number | string
  usual: string | null
  name: string
  folded: number
  sorted: SectionSort
  rooms: string
}

export class Sections {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** In the order of the list. */
  list(userId: string): Promise<Section[]> {
    return sectionsOf(this.#db, userId)
  }

  /** A new one after the others. */
  async make(userId: string, name: string): Promise<Section | Refusal> {
    const clean = cleanSectionName(name)
    if (typeof clean === 'object') return clean
    return this.#db.transaction(async (tx) => {
      const own = (await lockedRows(tx, userId)).filter(isOwn)
      if (own.length >= limits.sections.own) return { code: 'too_many_sections' } as const
      if (isTaken(clean, own)) return { code: 'section_name_taken' } as const
      const { insertId } = await tx.run(
        "INSERT INTO sections (user_id, name, place, sorted, rooms) VALUES (?, ?, ?, 'name', '')",
        [BigInt(userId), clean, own.length],
      )
      return { id: insertId, name: clean, folded: false, sort: 'name', rooms: [] } as const
    })
  }

  /** What is not asked for stays as it is. */
  async change(userId: string, id: string, query: SectionBody): Promise<Section | Refusal> {
    const name = query.name === undefined ? undefined : cleanSectionName(query.name)
    if (typeof name === 'object') return name
    if (isUsual(id) && (name !== undefined || query.place !== undefined)) return { code: 'bad_request' }
    return this.#db.transaction(async (tx) => {
      const rows = await lockedRows(tx, userId)
      const own = rows.filter(isOwn)
      const before = inOrder(rows).find((one) => one.id === id)
      if (before === undefined) return { code: 'no_such_section' } as const
      const others = own.filter((row) => String(row.id) !== id)
      if (name !== undefined && isTaken(name, others)) return { code: 'section_name_taken' } as const
      const { folded = before.folded, sort = before.sort, rooms = before.rooms, place } = query
      const after: Section = { id, name: name ?? before.name, folded, sort, rooms: [...new Set(rooms)] }
      await write(tx, userId, after)
      if (place !== undefined)
        await order(tx, others.map(({ id: other }) => String(other)).toSpliced(place, 0, id))
      return after
    })
  }

  /** Its rooms are in none. Deleting what is not there is `no_such_section`. */
  async delete(userId: string, id: string): Promise<Refusal | undefined> {
    if (isUsual(id)) return { code: 'bad_request' }
    return this.#db.transaction(async (tx) => {
      const own = (await lockedRows(tx, userId)).filter(isOwn)
      const others = own.map((row) => String(row.id)).filter((other) => other !== id)
      if (others.length === own.length) return { code: 'no_such_section' } as const
      await tx.run('DELETE FROM sections WHERE id = ?', [BigInt(id)])
      for (const table of ['memberships', 'deleted_memberships'])
        await tx.run(`UPDATE ${table} SET section_id = NULL WHERE user_id = ? AND section_id = ?`, [
          BigInt(userId),
          BigInt(id),
        ])
      await order(tx, others)
      return undefined
    })
  }
}

const columns = 'id, `usual`, name, folded, sorted, rooms'
const isOwn = ({ usual }: Row): boolean => usual === null

const rowsOf = (db: Queryable, userId: string, lock = ''): Promise<Row[]> =>
  db.rows<Row>(`SELECT ${columns} FROM sections WHERE user_id = ? ORDER BY place, id${lock}`, [
    BigInt(userId),
  ])

export const sectionsOf = async (db: Queryable, userId: string): Promise<Section[]> =>
  inOrder(await rowsOf(db, userId))

/** The person's sections change one at a time: of two that would exceed a limit, or share a name, the second one waits. */
async function lockedRows(tx: Queryable, userId: string): Promise<Row[]> {
  await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [BigInt(userId)])
  return rowsOf(tx, userId, ' LOCK IN SHARE MODE')
}

function inOrder(rows: readonly Row[]): Section[] {
  const [first, ...rest] = usualSections.map((usual): Section => {
    const row = rows.find((one) => one.usual === usual)
    return row === undefined
      ? { id: usual, name: null, folded: false, sort: usualSort(usual), rooms: [] }
      : { ...sectionOf(row), id: usual, name: null }
  })
  return [...(first === undefined ? [] : [first]), ...rows.filter(isOwn).map(sectionOf), ...rest]
}

const sectionOf = ({ id, name, folded, sorted, rooms }: Row): Section => ({
  id: String(id),
  name,
  folded: folded === 1,
  sort: sorted,
  rooms: rooms === '' ? [] : rooms.split(' '),
})

async function write(tx: Queryable, userId: string, section: Section): Promise<void> {
  const { id, name, folded, sort, rooms } = section
  const values = [Number(folded), sort, rooms.join(' ')]
  if (isUsual(id))
    await tx.run(
      `INSERT INTO sections (user_id, \`usual\`, folded, sorted, rooms) VALUES (?)
       ON DUPLICATE KEY UPDATE folded = VALUES(folded), sorted = VALUES(sorted), rooms = VALUES(rooms)`,
      [[BigInt(userId), id, ...values]],
    )
  else
    await tx.run('UPDATE sections SET folded = ?, sorted = ?, rooms = ?, name = ? WHERE id = ?', [
      ...values,
      name ?? '',
      BigInt(id),
    ])
}

async function order(tx: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  await tx.run(`UPDATE sections SET place = FIELD(id, ${ids.map(() => '?').join(', ')}) WHERE id IN (?)`, [
    ...ids.map(BigInt),
    ids.map(BigInt),
  ])
}

/** As a room may be called, on one line of the pane. */
function cleanSectionName(raw: string): string | Refusal {
  const name = cleanRoomName(raw)
  if (name === undefined || charsIn(name) > limits.sections.nameChars) return { code: 'bad_section_name' }
  return looksLikeAnother(name) ? { code: 'misleading_name' } : name
}

const isTaken = (name: string, others: readonly Row[]): boolean =>
  others.some((other) => skeleton(other.name) === skeleton(name))
