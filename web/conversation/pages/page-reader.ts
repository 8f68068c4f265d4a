// Reads pages from their source, each with what arrives while it is loading. Phases of a page that may be the newest: 1
// `begin`, the feed starts to report; 2 `read`, the page is requested; 3 `end`, what arrived is merged into it.
import type { PageAnswer } from '../../../server/protocol/http.ts'
import type { PlaceInRoom } from '../../wire/api.ts'
import type { Refusal } from '../../wire/refusal.ts'
import type { PageSource } from './source.ts'
import type { News } from './window.ts'

export type PageReader = ReturnType<typeof usePageReader>

export function usePageReader(source: PageSource) {
  /** What has arrived since the current page was requested; undefined if none is loading. */
  let meanwhile: News[] | undefined
  /** Counts the windows: an answer for an earlier one is ignored. */
  let generation = 0

  /** Undefined: another window was requested meanwhile. */
  async function read(place: PlaceInRoom): Promise<PageAnswer | Refusal | undefined> {
    const asked = generation
    const answer = await source.read(place)
    return asked === generation ? answer : undefined
  }

  function begin(): void {
    meanwhile = []
    source.begin()
  }

  function end(): News[] {
    const heard = meanwhile ?? []
    meanwhile = undefined
    return heard
  }

  /** A page was added: does the window reach the end now? */
  function reached({ hasAfter, upTo }: PageAnswer): void {
    if (hasAfter) source.release()
    else source.keep(upTo)
  }

  return {
    /** Voids all pages that are loading. */
    restart: () => void (generation += 1),
    begin,
    read,
    end,
    reached,
    hear: (news: News) => void meanwhile?.push(news),
    release: () => source.release(),
  }
}
