// Who is seen how: idle, not to be disturbed, invisible, gone; the same on every device and on both servers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LooksEvent, MeEvent, PresenceEvent } from '../../server/protocol/events.ts'
import type { MembersAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Presence, Profile, ProfileAnswer } from '../../server/protocol/profiles.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
afterAll(() => brook.stop())

/** After a connection is lost, somebody counts as gone a moment later. */
const goneWithinMs = 20_000

const chooses = async (who: Person, presence: string) =>
  expect(await who.tries('PATCH', '/api/me', { presence })).toBe(200)
const profileOf = async (reader: Person, { user: { id } }: Person): Promise<Profile> =>
  (await reader.ask<ProfileAnswer>('GET', `/api/people/${id}`)).body.person
const watches = (who: Person, ...people: Person[]) =>
  who.tells({ type: 'watch', people: people.map(({ user }) => user.id) })
/** As what `who` has seen somebody, one after the other. */
const seen = (who: Person, { user: { id } }: Person): Presence[] =>
  who.heard
    .filter((event): event is LooksEvent => event.type === 'looks')
    .flatMap(({ people }) => people.filter((look) => look.id === id).map(({ presence }) => presence))
const sees = (who: Person, of: Person, presence: Presence, withinMs?: number) =>
  until(
    () => seen(who, of),
    (all) => all.at(-1) === presence,
    withinMs,
  )
/** What a room has been told of somebody: `+` they came, `-` they went. */
const newsOf = (who: Person, { user: { id } }: Person): string =>
  who.heard
    .filter((event): event is PresenceEvent => event.type === 'presence' && event.room === who.room)
    .flatMap(({ here, away }) => [...(here.includes(id) ? ['+'] : []), ...(away.includes(id) ? ['-'] : [])])
    .join('')
const isHere = async (reader: Person, { user: { id } }: Person): Promise<boolean | undefined> =>
  (await reader.ask<MembersAnswer>('GET', `/api/rooms/${reader.room}/members`)).body.members.find(
    (one) => one.id === id,
  )?.here

test('somebody is idle once nobody looks at any of their devices, and gone a moment after the last one was lost', async () => {
  const ann = await brook.enter('Ann')
  const bob = await brook.enter('Bob', 1)
  watches(bob, ann)
  await sees(bob, ann, 'online')
  ann.tells({ type: 'idle', on: true })
  await sees(bob, ann, 'idle')
  const phone = ann.again()
  await phone.connects()
  await sees(bob, ann, 'online')
  phone.tells({ type: 'idle', on: true })
  await sees(bob, ann, 'idle')
  ann.tells({ type: 'idle', on: false })
  await sees(bob, ann, 'online')
  // What is left decides.
  ann.drops()
  await sees(bob, ann, 'idle')
  expect(await profileOf(bob, ann)).toMatchObject({ presence: 'idle' })
  const lost = Date.now()
  phone.drops()
  await sees(bob, ann, 'offline', goneWithinMs)
  const { lastSeen = 0 } = await until(
    () => profileOf(bob, ann),
    ({ lastSeen: at }) => at !== undefined,
  )
  expect(lastSeen).toBeGreaterThanOrEqual(lost)
})

test('who is not to be disturbed is seen so, and on every device of theirs', async () => {
  const ann = await brook.enter('Ann who works')
  const phone = ann.again()
  phone.address = brook.servers[1]?.address ?? ''
  expect((await phone.connects()).me).toEqual({ choice: 'auto' })
  const bob = await brook.enter('Bob who waits', 1)
  watches(bob, ann)
  await sees(bob, ann, 'online')
  await chooses(ann, 'dnd')
  await sees(bob, ann, 'dnd')
  await until(() => phone.heard.some((event) => event.type === 'me' && event.look.choice === 'dnd'))
  // Idle or not: it is what they have chosen.
  ann.tells({ type: 'idle', on: true })
  phone.tells({ type: 'idle', on: true })
  await chooses(ann, 'auto')
  await sees(bob, ann, 'idle')
  expect(phone.heard.findLast((event): event is MeEvent => event.type === 'me')?.look).toEqual({
    choice: 'auto',
  })
})

test('who is invisible looks as if they were gone, whatever they do but speak', async () => {
  const bob = await brook.enter('Bob who is fooled', 1)
  const ann = await brook.enter('Ann who hides')
  await brook.meet(bob, ann)
  watches(bob, ann)
  await until(() => isHere(bob, ann))
  const hidAt = Date.now()
  await chooses(ann, 'invisible')
  await sees(bob, ann, 'offline')
  await until(() => newsOf(bob, ann).endsWith('-'))
  expect(await isHere(bob, ann)).toBe(false)
  const { lastSeen = 0 } = await until(
    () => profileOf(bob, ann),
    ({ lastSeen: at }) => at !== undefined,
  )
  expect(lastSeen).toBeGreaterThanOrEqual(hidAt - 1_000)
  const [before, news] = [seen(bob, ann).length, newsOf(bob, ann)]

  // Typing, coming to another room, being idle, going and coming back: nothing of it is told.
  ann.tells({ type: 'typing', room: ann.room })
  ann.tells({ type: 'idle', on: true })
  ann.tells({ type: 'idle', on: false })
  ann.drops()
  const back = ann.again()
  expect((await back.connects()).me?.choice).toBe('invisible')
  back.room = ann.room
  // Whoever mentions those who are here does not learn of her either.
  const cid = bob.says('@here hello')
  await bob.acked(cid)
  const said = await back.hears('@here hello')
  expect(said.mentions?.flatMap(({ ids }) => ids) ?? []).not.toContain(ann.user.id)
  // Somebody else's news come after all that.
  const cho = await brook.enter('Cho who comes')
  await cho.joins(bob.room)
  await until(() => newsOf(bob, cho) === '+')
  expect([seen(bob, ann).length, newsOf(bob, ann)]).toEqual([before, news])
  expect(bob.heard.some((event) => event.type === 'typing')).toBe(false)
  expect(await profileOf(bob, ann)).toMatchObject({ presence: 'offline', lastSeen })
  expect(await isHere(bob, ann)).toBe(false)

  await chooses(back, 'auto')
  await sees(bob, ann, 'online')
  await until(() => newsOf(bob, ann).endsWith('+'))
  back.tells({ type: 'typing', room: ann.room })
  await bob.event('typing')
  back.drops()
})

test('a connection looks at so many people, and hears of nobody at whom it looks no more', async () => {
  const [ann, bob, cho] = [
    await brook.enter('Ann of many'),
    await brook.enter('Bob of many'),
    await brook.enter('Cho of many'),
  ]
  watches(cho, ann)
  await sees(cho, ann, 'online')
  watches(cho, bob)
  await sees(cho, bob, 'online')
  ann.tells({ type: 'idle', on: true })
  bob.tells({ type: 'idle', on: true })
  await sees(cho, bob, 'idle')
  expect(seen(cho, ann)).toEqual(['online'])
  const ids = Array.from({ length: limits.presence.watched + 1 }, (_, n) => `${n + 1}`)
  cho.tells({ type: 'watch', people: ids })
  await until(() => cho.heard.some((event) => event.type === 'error' && event.code === 'bad_request'))
})
