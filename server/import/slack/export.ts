// A Slack export as a source of an import: its lists of people and rooms, and the days of each room, oldest first.
import { limits } from '../../protocol/limits.ts'
import type { RoomKind } from '../../protocol/room-kinds.ts'
import type { Names } from '../../slack/references.ts'
import { tamePersonName } from '../names.ts'
import { ImportError, type Page, type Refuse, type Source } from '../source.ts'
import { SlackEmoji } from './emoji.ts'
import type { SourceEmoji, SourceMessage, SourcePerson, SourceRoom } from '../source.ts'
import { openArchive, type Archive, type ArchivedFile } from './archive.ts'
import { objectsIn } from './objects.ts'
import { isObject } from '../../slack/rich-text.ts'
import { compareTimes, isRef, readMessage, unknownReactions, type SlackBytes } from './message.ts'
import { packedFiles } from './packed-files.ts'
import { roomOf, topicOf, type ListedRoom } from './room.ts'
import { lists, peopleLists, tellBeside } from './beside.ts'
import type { RawMessage } from './words.ts'

const dayFile = /^(.+)\/\d{4}-\d{2}-\d{2}\.json$/

export class SlackExport implements Source {
  readonly name: string
  readonly #archive: Archive
  /** The prefix of every name, if the export was packed inside a folder. */
  readonly #prefix: string
  readonly #refuse: Refuse
  readonly #bytesOf: SlackBytes
  readonly #people: Map<string, SourcePerson>
  readonly #channels = new Map<string, string>()
  readonly #days = new Map<string, ArchivedFile[]>()
  readonly #emoji: SlackEmoji
  #keyOf: (name: string) => string | undefined = () => undefined
  /** Who has pinned what: refs of people by refs of messages, for each room. */
  readonly #pins = new Map<string, Map<string, string>>()

  private constructor(archive: Archive, { prefix, people, refuse, bytesOf }: Opened) {
    this.name = `slack:${people.team}`
    this.#archive = archive
    this.#prefix = prefix
    this.#people = people.found
    this.#refuse = refuse
    this.#emoji = new SlackEmoji(archive, prefix, refuse)
    this.#bytesOf = bytesOf
  }

  /** `bytesOf`: how the bytes of files are had that are not in the archive. @throws ImportError if the file is not an export */
  static async open(path: string, refuse: Refuse, bytesOf?: SlackBytes): Promise<SlackExport> {
    const archive = await openArchive(path)
    try {
      const found = archive.files().filter(({ name }) => /(^|\/)channels\.json$/.test(name))
      const [list] = found.sort((a, b) => a.name.length - b.name.length)
      if (list === undefined) throw new ImportError(`${path} is not a Slack export: it has no channels.json`)
      const prefix = list.name.slice(0, -'channels.json'.length)
      for (const name of lists)
        if (archive.bytesOf(prefix + name) > limits.imports.listBytes)
          throw new ImportError(`${path}: ${name} has more than ${limits.imports.listBytes} bytes`)
      const people = await readPeople(archive, prefix, refuse)
      const packed = packedFiles(archive, prefix)
      return new SlackExport(archive, {
        prefix,
        people,
        refuse,
        bytesOf: (raw) => packed(raw) ?? bytesOf?.(raw),
      })
    } catch (error) {
      archive.close()
      throw error
    }
  }

  emoji(signal: AbortSignal): AsyncIterable<SourceEmoji> {
    return this.#emoji.all(signal)
  }

  learnEmoji(keyOf: (name: string) => string | undefined): void {
    this.#keyOf = keyOf
  }

  person(ref: string): SourcePerson {
    return this.#people.get(ref) ?? { ref, name: ref }
  }

  async rooms(): Promise<SourceRoom[]> {
    this.#sortDays()
    const rooms = [
      ...(await this.#list('channels.json', 'public')),
      ...(await this.#list('groups.json', 'private')),
    ]
    for (const { ref, name } of rooms) this.#channels.set(ref, name)
    // Where nothing was said is nothing to import.
    for (const list of ['dms.json', 'mpims.json'])
      rooms.push(...(await this.#list(list, 'direct')).filter(({ days }) => days.length > 0))
    for (const { ref, pins } of rooms) this.#pins.set(ref, pins)
    for (const [folder, days] of this.#days)
      this.#refuse({
        place: `${folder}/`,
        ...(folder.startsWith('FC:')
          ? { why: 'comments on files and canvases are not imported', expected: true }
          : { why: `no list contains this room (${days.length} days)`, expected: false }),
      })
    await tellBeside(this.#archive, this.#prefix, this.#refuse)
    for (const room of rooms) this.#days.set(room.ref, room.days)
    return rooms.map((room) => ({
      ...room,
      topic: room.kind === 'direct' ? '' : topicOf(room, this.#names, this.#refuse),
    }))
  }

  async *pages(room: SourceRoom, signal: AbortSignal): AsyncGenerator<Page> {
    let read = 0
    for (const { name, bytes } of this.#days.get(room.ref) ?? []) {
      const messages = await this.#day(name, bytes, signal)
      for (const message of messages) this.#pin(room, message)
      for (let from = 0; from < messages.length; from += limits.imports.page)
        yield { messages: messages.slice(from, from + limits.imports.page), read }
      read += bytes
    }
    for (const ref of this.#pins.get(room.ref)?.keys() ?? [])
      this.#refuse({
        place: `${room.name}, pinned message ${ref}`,
        why: 'what is pinned is not in the export',
        expected: false,
      })
  }

  #pin(room: SourceRoom, message: SourceMessage): void {
    const pins = this.#pins.get(room.ref)
    const by = pins?.get(message.ref)
    if (by === undefined) return
    message.pinnedBy = by
    pins?.delete(message.ref)
  }

  close(): void {
    this.#archive.close()
  }

  /** The messages of a day, sorted by time: an export does not guarantee that order. */
  async #day(name: string, bytes: number, signal: AbortSignal): Promise<SourceMessage[]> {
    const place = name.slice(this.#prefix.length)
    if (bytes > limits.imports.dayBytes) {
      this.#refuse({ place, why: `a day with more than ${limits.imports.dayBytes} bytes`, expected: false })
      return []
    }
    const messages = new Map<string, SourceMessage>()
    for await (const { raw, at } of objectsIn(this.#archive, name, place, this.#refuse)) {
      signal.throwIfAborted()
      this.#meet(raw)
      const message = readMessage(raw, at, { names: this.#names, bytesOf: this.#bytesOf })
      if ('why' in message) this.#refuse({ place: at, ...message })
      else messages.set(message.ref, message)
      if ('why' in message) continue
      for (const emoji of unknownReactions(raw, this.#names))
        this.#refuse({
          place: at,
          why: `the reaction :${emoji.slice(0, 64)}: does not exist here`,
          expected: true,
        })
    }
    return [...messages.values()].sort((a, b) => compareTimes(a.ref, b.ref))
  }

  readonly #names: Names = {
    person: (ref) => {
      const person = this.#people.get(ref)
      return person === undefined ? undefined : tamePersonName(person.name, ref)
    },
    channel: (ref) => this.#channels.get(ref),
    emoji: (name) => this.#emoji.builtIn(name) ?? this.#keyOf(name),
  }

  /** Bots and people of other workspaces are in no list: only their messages describe them. */
  #meet(raw: unknown): void {
    if (!isObject(raw)) return
    const { user, bot_id: bot, username, user_profile: profile, bot_profile: botProfile } = raw
    if (isRef(user) && !this.#people.has(user) && isObject(profile))
      this.#people.set(user, { ref: user, name: nameOf({ profile, ...profile }) ?? user })
    if (!isRef(bot) || this.#people.has(bot)) return
    const name =
      isObject(botProfile) && typeof botProfile['name'] === 'string' ? botProfile['name'] : username
    this.#people.set(bot, { ref: bot, name: typeof name === 'string' ? name : bot, isBot: true })
  }

  #sortDays(): void {
    for (const file of this.#archive.files()) {
      const place = file.name.slice(this.#prefix.length)
      const [, folder] = dayFile.exec(place) ?? []
      if (!file.name.startsWith(this.#prefix) || folder === undefined) continue
      const days = this.#days.get(folder) ?? []
      this.#days.set(folder, days)
      days.push(file)
    }
    for (const days of this.#days.values()) days.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Takes the days that belong to a room; those left at the end belong to none. */
  #claim(...folders: unknown[]): ArchivedFile[] {
    for (const folder of folders) {
      if (typeof folder !== 'string') continue
      const name = folder.normalize('NFC')
      const days = this.#days.get(name)
      if (days === undefined) continue
      this.#days.delete(name)
      return days
    }
    return []
  }

  /** Direct rooms of two people have no name there. */
  async #list(list: string, kind: RoomKind): Promise<Listed[]> {
    const rooms: Listed[] = []
    const name = this.#prefix + list
    if (!this.#archive.has(name)) return rooms
    for await (const { raw, at } of objectsIn(this.#archive, name, list, this.#refuse)) {
      const id = isObject(raw) ? raw['id'] : undefined
      const name = isObject(raw) ? (raw['name'] ?? (kind === 'direct' ? id : undefined)) : undefined
      if (!isObject(raw) || !isRef(id) || typeof name !== 'string') {
        this.#refuse({ place: at, why: 'not a room', expected: false })
        continue
      }
      const days = this.#claim(name, id)
      const size = days.reduce((sum, { bytes }) => sum + bytes, 0)
      if (raw['is_archived'] === true)
        this.#refuse({ place: at, why: 'a room that is archived there is open here', expected: true })
      rooms.push({ ...roomOf(raw, { ref: id, name, at }), kind, days, size })
    }
    return rooms
  }
}

type Listed = ListedRoom & Pick<SourceRoom, 'kind' | 'size'> & { days: ArchivedFile[] }

interface Opened {
  prefix: string
  people: People
  refuse: Refuse
  bytesOf: SlackBytes
}

interface People {
  team: string
  found: Map<string, SourcePerson>
}

/** An Enterprise Grid lists its people in a file of its own; what a workspace says of a person counts before it. */
async function readPeople(archive: Archive, prefix: string, refuse: Refuse): Promise<People> {
  const found = new Map<string, SourcePerson>()
  const there = peopleLists.filter((list) => archive.has(prefix + list))
  if (there.length === 0)
    refuse({ place: 'users.json', why: 'the list of people is missing', expected: false })
  let team: string | undefined
  for (const list of there)
    for await (const { raw, at } of objectsIn(archive, prefix + list, list, refuse)) {
      if (!isObject(raw) || !isRef(raw['id'])) {
        refuse({ place: at, why: 'not a person', expected: false })
        continue
      }
      const { id, team_id: of } = raw
      const isBot = raw['is_bot'] === true || id === 'USLACKBOT'
      if (isRef(of)) team ??= of
      if (!found.has(id)) found.set(id, { ref: id, name: nameOf(raw) ?? id, ...(isBot ? { isBot } : {}) })
    }
  return { team: team ?? 'export', found }
}

/** The name people see in Slack: the display name, otherwise the real name, otherwise the user name. */
function nameOf(raw: RawMessage): string | undefined {
  const profile = isObject(raw['profile']) ? raw['profile'] : {}
  return [profile['display_name'], profile['real_name'], raw['real_name'], raw['name']].find(
    (name): name is string => typeof name === 'string' && name.trim() !== '',
  )
}
