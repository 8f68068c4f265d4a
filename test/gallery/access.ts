// Who may come in, in the gallery: the owner's first minutes, and the section of administration. Both ask the server
// themselves; its answers are fixtures here.
import { careful } from '../../server/protocol/newcomers.ts'
import { h, type Component } from 'vue'
import type { ErrorCode } from '../../server/protocol/errors.ts'
import type { Invite, Workspace } from '../../server/protocol/workspace.ts'
import AccessSection from '../../web/access/AccessSection.vue'
import NewInviteDialog from '../../web/access/NewInviteDialog.vue'
import OwnerPage from '../../web/access/OwnerPage.vue'
import { ann, at, founders, garden, lisi, long, manyRooms, mara, noor, now, wang } from './people.ts'

/** `never`: the request is on its way. */
type Given = object | 'never' | { refused: ErrorCode }

/** What the server answers, by method and path below /api; anything else is not found. */
function answers(given: Record<string, Given>): void {
  globalThis.fetch = (asked, init) => {
    const { pathname } = new URL(String(asked), location.href)
    const answer = given[`${init?.method ?? 'GET'} ${pathname.replace(/^\/api/, '')}`]
    if (answer === 'never') return new Promise(() => undefined)
    if (answer === undefined) return Promise.resolve(Response.json({}, { status: 404 }))
    if (!('refused' in answer)) return Promise.resolve(Response.json(answer))
    return Promise.resolve(Response.json({ error: { code: answer.refused } }, { status: 400 }))
  }
}

const northwind: Workspace = {
  name: 'Northwind Garden',
  signUp: 'invite',
  guests: true,
  askToJoin: false,
  mailDomains: [],
  retentionDays: 0,
  offlineDays: 30,
  groups: 'admins',
  emoji: 'admins',
  newcomers: careful,
}
const admin = { ...ann, admin: true }
const code = (n: number): string => `${n}Zt7Qm2xVw9KpL4sHd8RbNc6`.slice(0, 22)
const invite = (n: number, more: Partial<Invite> = {}): Invite => ({
  id: String(n),
  url: `https://chat.northwind.example/join/${code(n)}`,
  code: code(n),
  rooms: [],
  uses: null,
  used: 0,
  expiresAt: now + 7 * 86_400_000,
  over: false,
  by: ann,
  people: [],
  ...more,
})
const few = [
  invite(1, { rooms: [garden, founders], used: 3, people: [mara, lisi, noor] }),
  invite(2, { uses: 5, used: 4, expiresAt: now + 3 * 3_600_000, by: lisi, people: [wang, noor, mara, lisi] }),
  invite(3, { expiresAt: null }),
]
const over = [
  invite(8, { over: true, uses: 1, used: 1, expiresAt: at(9, 0, 2), people: [long] }),
  invite(9, { over: true, expiresAt: at(9, 0, 4), by: long }),
]
const everybody = [
  long,
  mara,
  lisi,
  noor,
  wang,
  ...Array.from({ length: 15 }, (_, n) => ({ id: `${n}`, name: `newcomer-${n}` })),
]
const many = [
  invite(4, { rooms: manyRooms.slice(0, 12), used: 1_204, people: everybody, by: long }),
  ...Array.from({ length: 9 }, (_, n) => invite(10 + n, { used: n, uses: n % 2 === 0 ? null : 25 })),
]

const owner = (given: Record<string, Given>) => (): Component => {
  answers({
    'GET /session': { user: null },
    'GET /workspace': { ...northwind, name: 'Brook', guests: false },
    'POST /owner': { user: admin },
    'PATCH /workspace': northwind,
    'POST /invites': { invite: invite(1) },
    ...given,
  })
  return () => h(OwnerPage, { code: 'x' })
}
const section =
  (invites: Given, workspace: Given = northwind) =>
  (): Component => {
    answers({ 'GET /session': { user: null }, 'GET /workspace': workspace, 'GET /invites': invites })
    return () =>
      h('div', { class: 'h-seen' }, [
        h('div', { class: 'mx-auto max-w-[720px] px-4 py-6' }, [h(AccessSection)]),
      ])
  }
const newLink = (rooms: typeof manyRooms) => (): Component => () =>
  h(NewInviteDialog, { open: true, rooms, make: () => Promise.resolve({ invite: invite(1) }) })

export const accessStates: Record<string, () => Component> = {
  'owner-first': owner({}),
  'owner-again': owner({ 'GET /session': { user: admin }, 'GET /workspace': northwind }),
  'owner-loading': owner({ 'GET /workspace': 'never' }),
  'owner-refused': owner({ 'POST /owner': { refused: 'invite_over' } }),
  'owner-without-link': owner({ 'POST /invites': { refused: 'unavailable' } }),
  'access-few': section({ invites: [...few, ...over] }),
  'access-empty': section({ invites: [] }),
  'access-many': section({ invites: [...many, ...over] }),
  'access-over': section({ invites: over }),
  'access-closed': section({ invites: few }, { ...northwind, signUp: 'closed' }),
  'access-loading': section('never', 'never'),
  'access-links-loading': section('never'),
  'access-failed': section({ refused: 'unavailable' }, { refused: 'unavailable' }),
  'access-links-failed': section({ refused: 'unavailable' }),
  'access-new': newLink(manyRooms),
  'access-new-few': newLink([garden, founders]),
}
