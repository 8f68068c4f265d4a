// Redis or MySQL is killed at a random moment around a ban from the workspace, a ban from a room, a removal, a sign-out and a new
// password, and comes back: see outage-rounds.ts. `node test/fault/ban-outages.mjs --rounds 50 --seed 7`
import { OwnerLinks } from '../../server/access/owner-links.ts'
import { Person } from '../support/person.ts'
import { insists, isDecided } from './insists.ts'
import { isRemoved, playRounds, renews, signsOut, type Loss, type Round } from './outage-rounds.ts'

let root: Person | undefined

/** The administrator, who came by the owner's link in the first round. */
async function administrator({ cluster, near, seed }: Round): Promise<Person> {
  if (root !== undefined) return root
  const password = `nine tall green trees ${seed}`
  const code = await new OwnerLinks(cluster.db).make()
  const answer = await fetch(`${near}/api/owner`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ code, name: 'Root', password }),
  })
  if (answer.status !== 201) throw new Error(`no administrator: ${answer.status} ${await answer.text()}`)
  root = await Person.signsIn(near, 'Root', password)
  return root
}

async function isBanned(round: Round): Promise<Loss> {
  const admin = await administrator(round)
  const who = await round.enters(`Banned ${round.number}`)
  const ban = { user: who.person.user.id, reason: 'spam' }
  return { who, act: async () => isDecided(await admin.ask('POST', '/api/admin/bans', ban)) }
}

async function isRoomBanned({ enters, number, ann, room }: Round): Promise<Loss> {
  const who = await enters(`Kept out ${number}`)
  const ban = `/api/rooms/${room}/bans/${who.person.user.id}`
  return { who, act: async () => isDecided(await ann.ask('PUT', ban, {})) }
}

await playRounds(async (round) => {
  await insists(() => administrator(round).then(() => true))
  const [ban, roomBan, removal, signOut, password] = await Promise.all([
    isBanned(round),
    isRoomBanned(round),
    isRemoved(round),
    signsOut(round),
    renews(round),
  ])
  return { ban, 'room ban': roomBan, removal, 'sign-out': signOut, 'new password': password }
})
