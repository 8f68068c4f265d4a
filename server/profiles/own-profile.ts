// One's own profile in GET and PATCH /api/me.
import { requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import type { KnownEmoji } from '../custom-emoji/known-emoji.ts'
import type { OwnFields } from '../naming/own-fields.ts'
import type { Refusal } from '../protocol/errors.ts'
import { profileChanges, type ProfileChanges, type Status } from '../protocol/profiles.ts'
import type { SharedRateLimiter } from '../rate-limiter.ts'
import { requireRate } from '../require-rate.ts'
import { cleanProfile } from './clean-profile.ts'
import type { Profiles } from './profiles.ts'

const names = new Set<string>(Object.keys(profileChanges))

export const ownProfile = (
  profiles: Profiles,
  pace: SharedRateLimiter,
  customEmoji: Pick<KnownEmoji, 'keyOf'>,
): {
  profileFields: OwnFields
  setStatus: (user: string, status: Status | null) => Promise<Refusal | undefined>
} => {
  const clean = (changes: ProfileChanges) =>
    cleanProfile(changes, Date.now(), (key) => customEmoji.keyOf(key))
  const profileFields: OwnFields = {
    read: async (userId) => ({ profile: await profiles.own(userId) }),
    prepare: async (request, body) => {
      if (!Object.keys(body).some((name) => names.has(name))) return undefined
      const { user } = requireSession(request)
      const columns = clean(body)
      await requireRate(pace, user.id)
      return async () => {
        await profiles.change(user.id, columns)
        return { profile: await profiles.own(user.id) }
      }
    },
  }
  const setStatus = async (user: string, status: Status | null): Promise<Refusal | undefined> => {
    try {
      const columns = clean({ status })
      await requireRate(pace, user)
      await profiles.change(user, columns)
      return undefined
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }
  return { profileFields, setStatus }
}
