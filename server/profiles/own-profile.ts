// One's own profile in GET and PATCH /api/me.
import { requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import type { KnownEmoji } from '../custom-emoji/known-emoji.ts'
import type { OwnFields } from '../naming/own-fields.ts'
import { profileChanges } from '../protocol/profiles.ts'
import type { SharedRateLimiter } from '../rate-limiter.ts'
import { cleanProfile } from './clean-profile.ts'
import type { Profiles } from './profiles.ts'

const names = new Set<string>(Object.keys(profileChanges))

export const ownProfile = (
  profiles: Profiles,
  pace: SharedRateLimiter,
  customEmoji: Pick<KnownEmoji, 'keyOf'>,
): OwnFields => ({
  read: async (userId) => ({ profile: await profiles.own(userId) }),
  prepare: async (request, body) => {
    if (!Object.keys(body).some((name) => names.has(name))) return undefined
    const { user } = requireSession(request)
    const columns = cleanProfile(body, Date.now(), (key) => customEmoji.keyOf(key))
    const waitMs = await pace.take(user.id)
    if (waitMs > 0) throw new Refused({ code: 'too_many', retryAfterMs: waitMs })
    return async () => {
      await profiles.change(user.id, columns)
      return { profile: await profiles.own(user.id) }
    }
  },
})
