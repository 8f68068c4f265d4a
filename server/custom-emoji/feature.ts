// The workspace's own emoji: which there are, and their images.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { PresentNames } from '../naming/present-names.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter, SharedRateLimiter } from '../rate-limiter.ts'
import { CustomEmojis } from './custom-emoji.ts'
import { KnownEmoji } from './known-emoji.ts'
import { customEmojiRoutes } from './routes.ts'

/** What posting and the sockets need of it. */
export const openCustomEmoji = (
  { db, bus, onError }: Core,
  { names }: { names: PresentNames },
): { customEmoji: KnownEmoji } => ({ customEmoji: new KnownEmoji({ db, bus, onError, nameOf: names.of }) })

export function customEmojiFeature(
  { db, cache, rateLimits }: Core,
  {
    customEmoji: known,
    settings,
    pictures,
  }: { customEmoji: KnownEmoji; settings: WorkspaceSettings; pictures: Pictures },
): Feature {
  const emoji = new CustomEmojis({ db, settings, known })
  return {
    ...known.asFeature(),
    routes: (app) =>
      customEmojiRoutes(app, {
        emoji,
        pictures,
        pace: new SharedRateLimiter('emoji', rates.emoji, cache, rateLimits),
        shown: new RateLimiter(rates.emojiImages, rateLimits),
      }),
  }
}
