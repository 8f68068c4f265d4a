// Link cards: made by one process for each shard of the log once a message is in it, shown to everybody alike, removed by its author and
// by moderators.
import path from 'node:path'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { BlobStore } from '../files/stores/blob-store.ts'
import { removeLeftovers } from '../files/sweep/leftovers.ts'
import type { History } from '../history/history.ts'
import { newHolder, ShardReaders } from '../log-reader/shard-readers.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Changes } from '../posting/change.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { Gate } from '../posting/gate.ts'
import type { TextRules } from '../posting/refuse-words.ts'
import { linkCardLimits } from '../protocol/link-card-limits.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { Repeated } from '../repeated.ts'
import { CardMaker, forgetPages, type MadeOf } from './card-maker.ts'
import { CardPictures } from './pictures/card-pictures.ts'
import { linkCardCursors, ShardCards } from './reading/shard-cards.ts'
import { linkCardRoutes } from './routes.ts'
import { LinkCardSettingsStore } from './settings.ts'

export interface LinkCardDeps {
  history: History
  memberships: Memberships
  gate: Gate
  changes: Changes
  wordRules: TextRules
  /** Makes small pictures of large ones. */
  pictures: Pictures
  /** Where bytes are kept. */
  kept: { store: BlobStore }
}

export function linkCardFeature(core: Core, deps: LinkCardDeps): Feature {
  const { db, config, onError, rateLimits } = core
  const settings = new LinkCardSettingsStore(db)
  const folder = path.join(config.dataDir, 'link-cards')
  const pictures = new CardPictures({ db, blobs: deps.kept.store, folder, history: deps.history })
  const shards = openShards(core, deps, { settings, pictures })
  const sweeping = new Repeated({
    everyMs: linkCardLimits.sweep.everyMs,
    run: async () => {
      await forgetPages(db)
      while (await pictures.sweep());
      await removeLeftovers(folder)
    },
    onError: (error) => onError(error, 'removing pictures of link cards'),
  })
  const shown = new RateLimiter(rates.cardPictures, rateLimits)
  return {
    open: () => shards.open(),
    onEntries: (entries) => shards.hear(entries),
    routes: (app) => linkCardRoutes(app, { ...deps, settings, pictures, shown }),
    close: async () => {
      await sweeping.close()
      await shards.close()
    },
  }
}

function openShards(
  core: Core,
  { history, wordRules, pictures: making }: LinkCardDeps,
  { settings, pictures }: { settings: LinkCardSettingsStore; pictures: CardPictures },
): ShardReaders {
  const { db, log, config, metrics, rateLimits, onError } = core
  const outcomes: MadeOf[] = [
    'made',
    'remembered',
    'empty',
    'refused',
    'failed',
    'status',
    'type',
    'too_large',
  ]
  const asked = metrics.counter(
    'brook_link_pages_total',
    'Links whose page was looked at, by what came of it',
    {
      outcome: outcomes,
    },
  )
  const maker = new CardMaker({
    db,
    pictures,
    making,
    mayBePrivate: config.linkCardsPrivate,
    paces: {
      site: new RateLimiter(rates.cardsOfSite, rateLimits),
      person: new RateLimiter(rates.cardsOfPerson, rateLimits),
    },
    onMade: (outcome) => asked.inc({ outcome }),
  })
  const own = new Set([config.publicUrl?.host, ...config.allowedHosts])
  const isOwn = (link: string): boolean => own.has(new URL(link).host)
  const shared = {
    db,
    log,
    history,
    settings,
    pictures,
    maker,
    wordRules,
    isOwn,
    holder: newHolder(),
    onError,
  }
  const readers = Array.from(
    { length: config.logShards },
    (_, shard) => new ShardCards({ ...shared, shards: config.logShards, shard }),
  )
  return new ShardReaders(core, linkCardCursors, readers)
}
