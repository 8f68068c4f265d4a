// What an export has besides people, rooms and messages: none of it is imported, and each is reported.
import { isObject, textOf } from '../../slack/rich-text.ts'
import type { Refuse } from '../source.ts'
import type { Archive } from './archive.ts'
import { emojiList, isEmojiImage } from './emoji.ts'
import { objectsIn } from './objects.ts'
import { isPackedFile } from './packed-files.ts'

export const peopleLists = ['users.json', 'org_users.json'] as const
/** What an export lists. */
export const lists = [...peopleLists, 'channels.json', 'groups.json', 'dms.json', 'mpims.json'] as const

const taken = new Set<string>([...lists, emojiList])
const listed: Readonly<Record<string, string>> = {
  'canvases.json': 'canvases are not imported',
  'lists.json': 'lists are not imported',
}

export async function tellBeside(archive: Archive, prefix: string, refuse: Refuse): Promise<void> {
  for (const { name } of archive.files()) {
    if (!name.startsWith(prefix)) continue
    const place = name.slice(prefix.length)
    const why = listed[place]
    if (why !== undefined)
      for await (const { raw, at } of objectsIn(archive, name, place, refuse))
        refuse({ place: `${at}: ${titleOf(raw)}`, why, expected: true })
    // What lies in a room's folder are its days.
    else if (
      !taken.has(place) &&
      !isEmojiImage(place) &&
      !isPackedFile(place) &&
      !/\/\d{4}-\d{2}-\d{2}\.json$/.test(place)
    )
      refuse({ place, why: 'files of this kind are not imported', expected: true })
  }
}

const titleOf = (raw: unknown): string =>
  isObject(raw) ? textOf(raw['title']) || textOf(raw['name']) || textOf(raw['id']) : ''
