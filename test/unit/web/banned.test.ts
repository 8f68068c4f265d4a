// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { useSession } from '../../../web/account/session.ts'
import { accountActions } from '../../../web/admin/people/account-actions.ts'
import { sayAbout, sayKind } from '../../../web/admin/audit/audit-words.ts'
import BannedPage from '../../../web/bans/BannedPage.vue'
import { whenToAsk } from '../../../web/bans/when-to-ask.ts'
import { request } from '../../../web/wire/http.ts'
import { learn } from '../../../web/words/words.ts'
import { ann } from './said.ts'

let answer: () => Response
beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  vi.stubGlobal('BroadcastChannel', undefined)
  vi.stubGlobal('fetch', () => Promise.resolve().then(() => answer()))
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const ban = { reason: 'Too loud', until: null }

it('a session knows why nobody is signed in, until somebody is', async () => {
  answer = () => Response.json({ user: null, ban })
  const session = useSession()
  await vi.advanceTimersByTimeAsync(0)
  expect([session.status, session.ban]).toEqual(['out', ban])
  answer = () => Response.json({ user: { ...ann, guest: true, admin: false } })
  await session.check()
  expect(session.status).toBe('in')
  answer = () => Response.json({ user: null })
  await session.check()
  expect([session.status, session.ban]).toEqual(['out', undefined])
})

it('a refusal brings the reason of a ban', async () => {
  answer = () => Response.json({ error: { code: 'banned', message: '', ban } }, { status: 403 })
  expect(await request({ method: 'GET', path: '/rooms' })).toEqual({ code: 'banned', ban })
})

it('the page asks again when the ban ends, once a minute before that, and soon if the clocks differ', () => {
  const now = 1_000_000
  expect(whenToAsk({ until: null }, now)).toBe(60_000)
  expect(whenToAsk({ until: now + 3_600_000 }, now)).toBe(60_000)
  expect(whenToAsk({ until: now + 10_000 }, now)).toBe(10_500)
  expect(whenToAsk({ until: now - 1 }, now)).toBe(5_000)
})

it('the page asks by itself at the end of the ban, and not any more once it is gone', async () => {
  await learn()
  const check = vi.fn(() => Promise.resolve())
  const page = mount(BannedPage, {
    props: { ban: { reason: '', until: Date.now() + 10_000 }, check, signOut: () => Promise.resolve() },
  })
  await vi.advanceTimersByTimeAsync(10_400)
  expect(check).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(200)
  expect(check).toHaveBeenCalledOnce()
  page.unmount()
  await vi.advanceTimersByTimeAsync(120_000)
  expect(check).toHaveBeenCalledOnce()
})

it('administrators and oneself are not banned, a bot is not signed out, and only who has a password gets another', () => {
  const held = { id: '4', user: null, address: null, reason: '', by: null, at: 0, expiresAt: null }
  const one = { id: '7', admin: false, bot: false, guest: false, ban: null, sessions: 1 }
  expect(accountActions(one, '1')).toEqual(['rename', 'reset', 'suspend', 'ban', 'end', 'erase'])
  expect(accountActions({ ...one, guest: true }, '1')).toEqual(['rename', 'suspend', 'ban', 'end', 'erase'])
  expect(accountActions({ ...one, ban: held }, '1')).toEqual(['rename', 'reset', 'unban', 'end', 'erase'])
  expect(accountActions({ ...one, ban: { ...held, suspended: true } }, '1')).toContain('unsuspend')
  expect(accountActions({ ...one, sessions: 0 }, '1')).toEqual(['rename', 'reset', 'suspend', 'ban', 'erase'])
  expect(accountActions({ ...one, bot: true }, '1')).toEqual(['suspend', 'ban', 'erase'])
  expect(accountActions({ ...one, admin: true }, '1')).toEqual(['rename', 'end', 'erase'])
  expect(accountActions(one, '7')).toEqual([])
})

it('an entry of the audit log is said in words, one of a later version and one without names too', async () => {
  await learn()
  expect([sayKind('banned'), sayKind('of_tomorrow')]).toEqual(['Banned from the workspace', 'of tomorrow'])
  const plain = (about: Parameters<typeof sayAbout>[1], kind = 'report_handled') =>
    sayAbout(kind, about, () => 'tomorrow').map((part) => part.replace(/[\u2068\u2069]/g, ''))
  expect(plain({ person: { id: '7', name: 'Eve' }, reason: 'Too loud', until: 5 })).toEqual([
    'Eve',
    'until tomorrow',
    'Too loud',
  ])
  expect(plain({ room: { id: '7' }, person: { id: '8', name: '' }, id: '3' })).toEqual([])
  expect(plain({ room: { id: '7', name: 'garden' }, role: 'member', changed: { guests: true } })).toEqual([
    '# garden',
    'Member',
    'Guests: yes',
  ])
  // What was held and dropped, what was not chosen, and an icon.
  expect(plain({ changed: { acts: 'dismissed' } })).toEqual(['Dismissed'])
  expect(plain({ changed: { acts: 'dismissed' } }, 'held_handled')).toEqual(['Not posted'])
  expect(plain({ changed: { secondFactor: false } })).toEqual([])
  expect(plain({ changed: { icon: '🌱', iconHue: 120 } })).toEqual(['Icon: 🌱', 'Icon color: 120'])
  const changed = {
    signUp: 'open',
    retentionDays: 30,
    newForMs: 0,
    ofTomorrow: 'x',
    name: 'open',
    acts: 'delete, ban',
  }
  expect(plain({ changed })).toEqual([
    'Who can join: anyone',
    'Old messages deleted: After 30 days',
    'New members treated like guests for: Off',
    'ofTomorrow: x',
    'Name: open',
    'Message deleted · Banned from the room',
  ])
})
