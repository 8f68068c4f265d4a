// Profiles, faces, and who is here: what people say about themselves, and how they look to those who look at them.
import type { Core } from '../core.ts'
import type { KnownEmoji } from '../custom-emoji/known-emoji.ts'
import type { Feature } from '../feature.ts'
import type { OwnFields } from '../naming/own-fields.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Look, Status } from '../protocol/profiles.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter } from '../rate-limiter.ts'
import type { Presence } from '../socket/presence.ts'
import { GuestMarks } from './guest-marks.ts'
import { openFaces } from './faces.ts'
import { LastSeen } from './last-seen.ts'
import { ownProfile } from './own-profile.ts'
import { PeoplePages } from './people-pages.ts'
import { PresentProfiles } from './present-profiles.ts'
import { Profiles } from './profiles.ts'
import { peopleRoutes } from './routes.ts'
import { Watchers } from './watchers.ts'

/** What everything else needs of it. */
export function openProfiles(core: Core, pictures: Pictures) {
  const { db, bus, onError } = core
  const present = new PresentProfiles({ db, bus, onError })
  return { present, profiles: new Profiles({ db, present }), faces: openFaces(core, pictures) }
}

export interface ProfilesDeps extends ReturnType<typeof openProfiles> {
  presence: Presence
  customEmoji: Pick<KnownEmoji, 'keyOf'>
}

export interface ProfilesApi {
  watchers: Watchers
  /** What GET and PATCH /api/me have of it. */
  profileFields: OwnFields
  /** As PATCH /api/me does; null: none. */
  setStatus: (user: string, status: Status | null) => Promise<Refusal | undefined>
}

export function profilesFeature(
  { db, cache, rateLimits, onError }: Core,
  { present, profiles, faces, presence, customEmoji }: ProfilesDeps,
): Feature & ProfilesApi {
  const lookOf = (id: string): Look => ({
    id,
    presence: presence.stateOf(id),
    ...present.lookOf(id),
    ...(guests.has(id) ? { guest: true } : {}),
  })
  const watchers = new Watchers(lookOf)
  const guests = new GuestMarks({
    db,
    onKnown: (people) => watchers.changed(people),
    onError: (error) => onError(error, 'reading who is a guest'),
  })
  const seen = new LastSeen({
    db,
    seenHere: () => presence.seenHere(),
    onError: (error) => onError(error, 'writing who was here'),
  })
  presence.onChange((id, state) => {
    watchers.changed([id])
    seen.changed(id, state)
  })
  present.onChange((people, isFirst) => {
    presence.chose(isFirst ? undefined : people)
    watchers.changed(people)
  })
  const pages = new PeoplePages({ db, present, presence })
  const { onSignal, close, ...reading } = present.asFeature()
  return {
    ...reading,
    watchers,
    ...ownProfile(profiles, new SharedRateLimiter('profile', rates.profile, cache, rateLimits), customEmoji),
    onSignal: (signal) => {
      onSignal(signal)
      if (signal.kind === 'member') guests.becameMember(signal.user)
    },
    routes: (app) => peopleRoutes(app, { pages, profiles, faces }),
    close: async () => {
      watchers.close()
      await seen.close()
      await close()
    },
  }
}
