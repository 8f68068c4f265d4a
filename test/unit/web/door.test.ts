// @vitest-environment happy-dom
// What a stranger finds at the door, and what an administrator's form makes of the workspace's settings.
import { careful } from '../../../server/protocol/newcomers.ts'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import type { Arrival } from '../../../web/access/arrival.ts'
import { useDoor } from '../../../web/access/door.ts'
import { useDraft } from '../../../web/access/use-draft.ts'
import { noChoice } from '../../../server/protocol/workspace-icon.ts'
import type { Workspace } from '../../../server/protocol/workspace.ts'

const garden: Workspace = {
  name: 'Garden',
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
const refused = (code: string, status: number) => Response.json({ error: { code, message: '' } }, { status })
const seen = { workspace: 'Garden', by: 'Ann', rooms: [] }

let answers: { workspace: () => Response; invite: () => Response }
let scope: ReturnType<typeof effectScope>

beforeEach(() => {
  vi.useFakeTimers()
  scope = effectScope()
  answers = { workspace: () => Response.json(garden), invite: () => Response.json(seen) }
  vi.stubGlobal('fetch', (url: string) =>
    Promise.resolve().then(() =>
      String(url).includes('/invites/') ? answers.invite() : answers.workspace(),
    ),
  )
})
afterEach(() => {
  scope.stop()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const comes = (arrival: Arrival) => scope.run(() => useDoor(arrival)) as ReturnType<typeof useDoor>
const invited: Arrival = { by: 'invite', code: 'x' }

describe('the door', () => {
  it('is drawn once it is known', async () => {
    const { door } = comes(invited)
    expect(door.value).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(door.value).toEqual({ workspace: garden, invite: seen, ways: ['guest', 'signIn', 'signUp'] })
  })

  it('looks open while the server does not answer, and a link is not over for that', async () => {
    answers.invite = () => refused('unavailable', 503)
    const { door } = comes(invited)
    await vi.advanceTimersByTimeAsync(300)
    expect(door.value).toEqual({ ways: ['guest', 'signIn', 'signUp'] })
    answers.invite = () => Response.json(seen)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(door.value?.invite).toEqual(seen)
  })

  it('says that a link is over', async () => {
    answers.invite = () => refused('invite_over', 410)
    const { door } = comes(invited)
    await vi.advanceTimersByTimeAsync(1)
    expect(door.value).toMatchObject({ why: { code: 'invite_over' }, ways: ['signIn'] })
  })

  it('says why there are no guests to whoever wanted to come as one', async () => {
    answers.workspace = () => Response.json({ ...garden, signUp: 'open', guests: false })
    const { door, look } = comes({ by: 'address' })
    await vi.advanceTimersByTimeAsync(1)
    expect(door.value?.why).toBeUndefined()
    await look({ code: 'no_guests' })
    expect(door.value).toMatchObject({ why: { code: 'no_guests' }, ways: ['signIn', 'signUp'] })
  })
})

describe('a draft of the settings', () => {
  const drafted = { icon: noChoice, signUp: 'invite', guests: true, askToJoin: false, mailDomains: '' }
  it('follows what is kept, but for what has been changed in it', async () => {
    const kept = shallowRef<Workspace>()
    const { draft, changes, isChanged } = scope.run(() => useDraft(() => kept.value)) as ReturnType<
      typeof useDraft
    >
    kept.value = garden
    await nextTick()
    expect(draft).toEqual({ ...drafted, name: 'Garden' })
    expect(isChanged.value).toBe(false)
    draft.signUp = 'closed'
    kept.value = { ...garden, name: 'Meadow' }
    await nextTick()
    expect(draft).toEqual({ ...drafted, name: 'Meadow', signUp: 'closed' })
    expect(changes.value).toEqual({ signUp: 'closed' })
    draft.icon = { text: 'M', hue: null }
    kept.value = { ...garden, signUp: 'closed', icon: { text: 'G', hue: 25, chosen: { text: '', hue: 25 } } }
    await nextTick()
    expect(changes.value).toEqual({ icon: { text: 'M', hue: null } })
    draft.icon = { text: '', hue: 25 }
    draft.mailDomains = 'example.org，*.example.com;'
    expect(changes.value).toMatchObject({ mailDomains: ['example.org', '*.example.com'] })
    kept.value = { ...kept.value, mailDomains: ['example.org', '*.example.com'] } as Workspace
    await nextTick()
    expect(changes.value).not.toHaveProperty('mailDomains')
    draft.icon = { text: ' ', hue: 25 }
    expect(isChanged.value).toBe(false)
  })
})
