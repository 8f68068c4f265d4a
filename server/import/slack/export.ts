// A Slack export as a source of an import: its lists of people and rooms, and the days of each room, oldest first.
import { limits } from '../../protocol/limits.ts'
import type { Names } from '../../slack/mrkdwn.ts'
import { tamePersonName } from '../names.ts'
import { ImportError, type Page, type Refuse, type Source } from '../source.ts'
import type { SourceMessage, SourcePerson, SourceRoom } from '../source.ts'
import { Archive, type ArchivedFile } from './archive.ts'
import { elements } from './json-array.ts'
import { isObject } from '../../slack/rich-text.ts'
import { compareTimes, isRef, readMessage, unknownReactions } from './message.ts'
import type { RawMessage } from './words.ts'

const dayFile = /^(.+)\/\d{4}-\d{2}-\d{2}\.json$/

export class SlackExport implements Source {
  readonly name: string
  readonly #archive: Archive
  /** What stands before every name, where somebody has packed the export within a folder. */
  readonly #prefix: string
  readonly #refuse: Refuse
  readonly #people: Map<string, SourcePerson>
  readonly #channels = new Map<string, string>()
  readonly #days = new Map<string, ArchivedFile[]>()

  private constructor(archive: Archive, prefix: string, people: People, refuse: Refuse) {
    this.name = `slack:${people.team}`
    this.#archive = archive
    this.#prefix = prefix
    this.#people = people.found
    this.#refuse = refuse
  }

  /** @throws ImportError when the file is no export */
  static async open(path: string, refuse: Refuse): Promise<SlackExport> {
    const archive = await Archive.open(path)
    try {
      const lists = archive.files().filter(({ name }) => /(^|\/)channels\.json$/.test(name))
      const [list] = lists.sort((a, b) => a.name.length - b.name.length)
      if (list === undefined) throw new ImportError(`${path} is no Slack export: it has no channels.json`)
      const prefix = list.name.slice(0, -'channels.json'.length)
      for (const name of ['users.json', 'channels.json', 'groups.json', 'dms.json', 'mpims.json'])
        if (archive.bytesOf(prefix + name) > limits.imports.listBytes)
          throw new ImportError(`${path}: ${name} has more than ${limits.imports.listBytes} bytes`)
      return new SlackExport(archive, prefix, await readPeople(archive, prefix, refuse), refuse)
    } catch (error) {
      archive.close()
      throw error
    }
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
    await this.#tellDirect('dms.json')
    await this.#tellDirect('mpims.json')
    for (const [folder, days] of this.#days)
      this.#refuse({
        place: `${folder}/`,
        why: `no list names this room (${days.length} days)`,
        expected: false,
      })
    for (const room of rooms) this.#days.set(room.ref, room.days)
    return rooms
  }

  async *pages(room: SourceRoom, signal: AbortSignal): AsyncGenerator<Page> {
    let read = 0
    for (const { name, bytes } of this.#days.get(room.ref) ?? []) {
      const messages = await this.#day(name, bytes, signal)
      for (let from = 0; from < messages.length; from += limits.imports.page)
        yield { messages: messages.slice(from, from + limits.imports.page), read }
      read += bytes
    }
  }

  close(): void {
    this.#archive.close()
  }

  /** The messages of a day, by their times: an export does not promise that they stand in that order. */
  async #day(name: string, bytes: number, signal: AbortSignal): Promise<SourceMessage[]> {
    const place = name.slice(this.#prefix.length)
    if (bytes > limits.imports.dayBytes) {
      this.#refuse({ place, why: `a day above ${limits.imports.dayBytes} bytes`, expected: false })
      return []
    }
    const messages = new Map<string, SourceMessage>()
    for await (const { raw, at } of read(this.#archive, name, place, this.#refuse)) {
      signal.throwIfAborted()
      this.#meet(raw)
      const message = readMessage(raw, at, this.#names)
      if ('why' in message) this.#refuse({ place: at, ...message })
      else messages.set(message.ref, message)
      if (!('why' in message))
        for (const emoji of unknownReactions(raw))
          this.#refuse({
            place: at,
            why: `the reaction :${emoji.slice(0, 64)}: is no emoji here`,
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
  }

  /** Bots, and people of other workspaces, are in no list: what their messages say of them is all there is. */
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

  /** Takes the days that belong to a room; what is left at the end belongs to none. */
  #claim(...folders: unknown[]): ArchivedFile[] {
    for (const folder of folders) {
      if (typeof folder !== 'string') continue
      const days = this.#days.get(folder)
      if (days === undefined) continue
      this.#days.delete(folder)
      return days
    }
    return []
  }

  async #list(list: string, kind: 'public' | 'private'): Promise<(SourceRoom & { days: ArchivedFile[] })[]> {
    const rooms: (SourceRoom & { days: ArchivedFile[] })[] = []
    const name = this.#prefix + list
    if (!this.#archive.has(name)) return rooms
    for await (const { raw, at } of read(this.#archive, name, list, this.#refuse)) {
      if (!isObject(raw) || !isRef(raw['id']) || typeof raw['name'] !== 'string') {
        this.#refuse({ place: at, why: 'it is no room', expected: false })
        continue
      }
      const days = this.#claim(raw['name'], raw['id'])
      const size = days.reduce((sum, { bytes }) => sum + bytes, 0)
      rooms.push({ ...roomOf(raw, raw['id'], raw['name']), kind, days, size })
    }
    return rooms
  }

  async #tellDirect(list: string): Promise<void> {
    const name = this.#prefix + list
    if (!this.#archive.has(name)) return
    for await (const { raw, at } of read(this.#archive, name, list, this.#refuse)) {
      const days = isObject(raw) ? this.#claim(raw['name'], raw['id']) : []
      this.#refuse({ place: at, why: `direct messages are not taken (${days.length} days)`, expected: true })
    }
  }
}

interface People {
  team: string
  found: Map<string, SourcePerson>
}

async function readPeople(archive: Archive, prefix: string, refuse: Refuse): Promise<People> {
  const people: People = { team: 'export', found: new Map() }
  if (!archive.has(`${prefix}users.json`)) {
    refuse({ place: 'users.json', why: 'the list of people is missing', expected: false })
    return people
  }
  let hasTeam = false
  for await (const { raw, at } of read(archive, `${prefix}users.json`, 'users.json', refuse)) {
    if (!isObject(raw) || !isRef(raw['id'])) {
      refuse({ place: at, why: 'it is no person', expected: false })
      continue
    }
    const { id, team_id: team, is_bot: isBot } = raw
    if (!hasTeam && isRef(team)) {
      people.team = team
      hasTeam = true
    }
    people.found.set(id, { ref: id, name: nameOf(raw) ?? id, ...(isBot === true ? { isBot } : {}) })
  }
  return people
}

/** What people see of somebody in Slack: the name they show, else their own, else the one they sign in with. */
function nameOf(raw: RawMessage): string | undefined {
  const profile = isObject(raw['profile']) ? raw['profile'] : {}
  return [profile['display_name'], profile['real_name'], raw['real_name'], raw['name']].find(
    (name): name is string => typeof name === 'string' && name.trim() !== '',
  )
}

function roomOf(raw: RawMessage, ref: string, name: string): Omit<SourceRoom, 'kind' | 'size'> {
  const { created, creator, members, topic, purpose } = raw
  const words = [topic, purpose].map((one) => (isObject(one) ? one['value'] : undefined))
  const said = words.find((one): one is string => typeof one === 'string' && one.trim() !== '')
  return {
    ...{ ref, name, topic: said ?? '' },
    members: Array.isArray(members) ? members.filter(isRef) : [],
    ...(typeof created === 'number' && created > 0 ? { createdAt: created * 1_000 } : {}),
    ...(isRef(creator) ? { creator } : {}),
  }
}

/** The objects of a file, each with where it stands; what is broken is told. */
async function* read(
  archive: Archive,
  name: string,
  place: string,
  refuse: Refuse,
): AsyncGenerator<{ raw: unknown; at: string }> {
  try {
    for await (const { index, line, value, broken } of elements(await archive.read(name))) {
      const at = `${place}, line ${line} (index ${index})`
      if (broken === undefined) yield { raw: value, at }
      else refuse({ place: at, why: `broken: ${broken}`, expected: false })
    }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    refuse({ place, why: `it cannot be unpacked: ${(error as Error).message}`, expected: false })
  }
}
