// People who talk at a steady rate: messages, reactions, edits and deletions as in a busy room.
import { newCid } from '../../server/protocol/cid.ts'
import type { Person } from '../support/person.ts'

export interface Talk {
  /** The n of the newest message; each is `m` and its n. */
  newest: () => number
  /** When a message was said; undefined: not yet. */
  saidAt: (n: number) => number | undefined
  stops: () => void
}

let spoken = 0
const tickMs = 100
const words = 'which goes on for a while so that it takes more than one line '
const more = (n: number): string =>
  ['', words.repeat((n % 3) + 1), '\nin **two** lines, with `code`', ' 大家早上好', '\n- one\n- two'][
    n % 5
  ] ?? ''

/** `rate`: of all that they do, a second. */
export function chatter(people: readonly Person[], room: string, rate: number): Talk {
  const said = new Map<number, number>()
  /** Whose message has which number, of the last ones. */
  const known: { by: Person; seq: number }[] = []
  let due = 0
  const timer = setInterval(() => {
    listen()
    due += (rate * tickMs) / 1_000
    for (; due >= 1; due -= 1) act()
  }, tickMs)

  function listen(): void {
    for (const by of people)
      for (const event of by.heard.splice(0)) if (event.type === 'ack') known.push({ by, seq: event.seq })
    known.splice(0, Math.max(0, known.length - 40))
  }

  function act(): void {
    spoken += 1
    const n = spoken
    const by = people[n % people.length]
    if (by === undefined) return
    const target = known[n % Math.max(1, known.length)]
    const cid = newCid()
    const about = { room, cid, seq: target?.seq }
    if (target !== undefined && n % 10 === 3)
      return by.tells({ ...about, type: 'react', emoji: ['👍', '🎉', '❤️'][n % 3], on: true })
    if (target !== undefined && n % 20 === 7)
      return target.by.tells({ ...about, type: 'edit', text: `edited ${n}` })
    if (target !== undefined && n % 20 === 17) return target.by.tells({ ...about, type: 'delete' })
    said.set(n, Date.now())
    said.delete(n - 20_000)
    by.says(`m${n} ${more(n)}`, { room, cid })
  }

  return {
    newest: () => Math.max(...said.keys()),
    saidAt: (n) => said.get(n),
    stops: () => clearInterval(timer),
  }
}
