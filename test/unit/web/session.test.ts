// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '../../../web/account/session.ts'
import { ann, bob } from './said.ts'

const signedIn = (who = ann) => Response.json({ user: { ...who, guest: true, admin: false } })
const signedOut = () => Response.json({ error: { code: 'signed_out', message: '' } }, { status: 401 })
const refused = () => Response.json({ error: { code: 'name_taken', message: '' } }, { status: 409 })

let answer: () => Response
let asked: number

beforeEach(() => {
  vi.useFakeTimers()
  setActivePinia(createPinia())
  asked = 0
  // Each test is a browser of its own: its messages to other tabs must not reach the next one.
  vi.stubGlobal('BroadcastChannel', undefined)
  vi.stubGlobal('fetch', () => {
    asked += 1
    return Promise.resolve().then(() => answer())
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function begin(first: () => Response) {
  answer = first
  const session = useSession()
  expect(session.status).toBe('checking')
  await vi.advanceTimersByTimeAsync(0)
  return session
}
const away = (): Response => {
  throw new TypeError('Failed to fetch')
}

describe('a session', () => {
  it('asks by itself who is signed in', async () => {
    expect((await begin(() => signedIn())).user).toEqual({ ...ann, guest: true, admin: false })
  })

  it('is out if nobody is', async () => {
    const session = await begin(signedOut)
    expect([session.status, session.user]).toEqual(['out', undefined])
  })

  it('leaves nothing of whoever signs out in this browser, and what is the browser’s', async () => {
    localStorage.clear()
    const session = await begin(() => signedIn())
    const kept = {
      [`brook.draft.${ann.id}.7`]: 'unsent',
      [`brook:cursors:${ann.id}`]: '{}',
      'brook.searches': '["secret"]',
      'brook.theme': 'dark',
      [`brook.draft.${bob.id}.7`]: 'of somebody else',
    }
    for (const [key, text] of Object.entries(kept)) localStorage.setItem(key, text)
    sessionStorage.setItem(`brook.place.${ann.id}.7`, '3 0')
    answer = () => new Response(null, { status: 204 })
    await session.signOut()
    expect([Object.keys(localStorage).sort(), sessionStorage.length]).toEqual([
      [`brook.draft.${bob.id}.7`, 'brook.theme'],
      0,
    ])
    localStorage.clear()
  })

  it('asks once if several want to know at once', async () => {
    const session = await begin(() => signedIn())
    asked = 0
    await Promise.all([session.check(), session.check()])
    expect(asked).toBe(1)
  })

  it('is unreachable while the server is down, and asks again automatically', async () => {
    const session = await begin(away)
    expect(session.status).toBe('unreachable')
    answer = () => signedIn()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(session.status).toBe('in')
  })

  it('keeps a signed-in person while the server is down', async () => {
    const session = await begin(() => signedIn())
    answer = away
    await session.check()
    expect([session.status, session.user?.name]).toEqual(['in', 'Ann'])
  })

  it('says why somebody may not sign in', async () => {
    const session = await begin(signedOut)
    answer = refused
    expect(await session.enterAsGuest('Ann')).toEqual({ code: 'name_taken' })
    expect(session.status).toBe('out')
    answer = () => signedIn(bob)
    expect(await session.enterAsGuest('Bob')).toBeUndefined()
    expect(session.user?.name).toBe('Bob')
  })

  it('ends only when the server has ended it', async () => {
    const session = await begin(() => signedIn())
    answer = away
    await session.signOut()
    expect(session.status).toBe('in')
    answer = () => new Response(null, { status: 204 })
    await session.signOut()
    expect(session.status).toBe('out')
  })
})
