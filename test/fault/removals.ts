// Redis or MySQL is killed at a random moment around a removal, a sign-out, a new password and a revoked token, and comes back:
// see outage-rounds.ts. `node test/fault/removals.mjs --rounds 50 --seed 7`
import { isRefusal } from '../../server/answer.ts'
import { insists } from './insists.ts'
import { isRemoved, playRounds, renews, signsOut, type Loss, type Round } from './outage-rounds.ts'
import { Removed } from './removed.ts'

async function isRevoked({ services, number, room, near, far }: Round): Promise<Loss> {
  const added = await services.bots.add(`bot ${number}`)
  if (isRefusal(added)) throw new Error(added.code)
  const who = Removed.ofBot(added.token, [near, far])
  // As an operator does: Ann is no administrator, who alone may add a bot over HTTP.
  await insists(async () => (await services.memberships.place(added.bot, room)) === undefined)
  return { who, act: async () => services.bots.revoke(added.bot).then(() => true) }
}

await playRounds(async (round) => {
  const [removal, signOut, password, token] = await Promise.all([
    isRemoved(round),
    signsOut(round),
    renews(round),
    isRevoked(round),
  ])
  return { removal, 'sign-out': signOut, 'new password': password, 'revoked token': token }
})
