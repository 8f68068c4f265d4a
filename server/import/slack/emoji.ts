// The custom emoji of a Slack workspace. An export of Slack's own has none; what tools and Slack's API list as `emoji.json` is read, in
// each of its forms: names with an address or `alias:other`. Images are in the archive's folder `emoji`, or at Slack's address for them.
import { get } from 'node:https'
import { publicLookup } from '../../address-guard.ts'
import { customEmojiLimits } from '../../protocol/custom-emoji-limits.ts'
import { limits } from '../../protocol/limits.ts'
import { emojiOf } from '../../slack/emoji.ts'
import { isObject, objectsOf } from '../../slack/rich-text.ts'
import { within } from '../../within.ts'
import type { Refuse, SourceEmoji } from '../source.ts'
import type { Archive } from './archive.ts'

export const emojiList = 'emoji.json'
const folder = 'emoji/'
const image = /^emoji\/(.+)\.(?:png|gif|jpe?g|webp)$/i
export const isEmojiImage = (place: string): boolean => image.test(place)

/** Where Slack has its workspaces' emoji, for everybody. Nothing is fetched from elsewhere: anybody may have written the list. */
const slackHost = 'emoji.slack-edge.com'
const withinMs = 10_000

export type FetchImage = (url: URL, signal: AbortSignal) => Promise<Buffer | undefined>

export class SlackEmoji {
  readonly #archive: Archive
  readonly #prefix: string
  readonly #refuse: Refuse
  readonly #fetch: FetchImage
  /** Names that stand for another one, which may be a built-in emoji. */
  readonly #aliases = new Map<string, string>()
  readonly #addresses = new Map<string, string>()
  readonly #images = new Map<string, string>()

  constructor(archive: Archive, prefix: string, refuse: Refuse, fetch: FetchImage = fetchImage) {
    this.#archive = archive
    this.#prefix = prefix
    this.#refuse = refuse
    this.#fetch = fetch
  }

  async *all(signal: AbortSignal): AsyncGenerator<SourceEmoji> {
    await this.#read()
    for (const name of new Set([...this.#addresses.keys(), ...this.#images.keys()])) {
      const aliases = [...this.#aliases.keys()].filter((alias) => this.#target(alias) === name)
      const place = `${emojiList}: ${name.slice(0, 64)}`
      yield { name, aliases, place, image: await this.#image(name, signal) }
    }
  }

  /** The built-in emoji that a name stands for. */
  builtIn(name: string): string | undefined {
    return this.#aliases.has(name) ? emojiOf(this.#target(name)) : undefined
  }

  /** The end of a chain of aliases; one that leads round ends where it began. */
  #target(name: string): string {
    let at = name
    for (const met = new Set<string>(); !met.has(at);) {
      met.add(at)
      at = this.#aliases.get(at) ?? at
    }
    return at
  }

  async #read(): Promise<void> {
    for (const { name } of this.#archive.files()) {
      const place = name.startsWith(this.#prefix) ? name.slice(this.#prefix.length) : ''
      const [, own] = image.exec(place) ?? []
      if (own !== undefined) this.#images.set(own, name)
    }
    const list = this.#prefix + emojiList
    if (!this.#archive.has(list)) return
    try {
      const raw: unknown = JSON.parse((await this.#bytes(list, limits.imports.messageBytes * 4)).toString())
      for (const [name, value] of namesIn(raw)) {
        if (value.startsWith('alias:')) this.#aliases.set(name, value.slice('alias:'.length))
        else this.#addresses.set(name, value)
      }
    } catch (error) {
      this.#refuse({ place: emojiList, why: `broken: ${(error as Error).message}`, expected: false })
    }
  }

  async #image(name: string, signal: AbortSignal): Promise<Buffer | undefined> {
    const inside = this.#images.get(name) ?? this.#images.get(fileOf(this.#addresses.get(name) ?? ''))
    try {
      if (inside !== undefined) return await this.#bytes(inside, customEmojiLimits.uploadBytes)
      const address = this.#addresses.get(name) ?? ''
      const url = URL.canParse(address) ? new URL(address) : undefined
      return url?.protocol === 'https:' && url.host === slackHost ? await this.#fetch(url, signal) : undefined
    } catch {
      signal.throwIfAborted()
      // It is reported as an image that could not be had.
      return undefined
    }
  }

  async #bytes(name: string, max: number): Promise<Buffer> {
    if (this.#archive.bytesOf(name) > max) throw new Error(`it has more than ${max} bytes`)
    const parts: Buffer[] = []
    for await (const part of await this.#archive.read(name)) parts.push(part as Buffer)
    return Buffer.concat(parts)
  }
}

/** `emoji/parrot.gif`: parrot. */
const fileOf = (address: string): string => image.exec(address.startsWith(folder) ? address : '')?.[1] ?? ''

/** Of `{emoji: {name: address}}`, of the object in it, or of a list `[{name, url, alias_for}]`. */
function namesIn(raw: unknown): [string, string][] {
  const inside = isObject(raw) && 'emoji' in raw ? raw['emoji'] : raw
  if (Array.isArray(inside))
    return objectsOf(inside).flatMap(({ name, url, alias_for: alias }): [string, string][] => {
      if (typeof name !== 'string') return []
      if (typeof alias === 'string' && alias !== '') return [[name, `alias:${alias}`]]
      return typeof url === 'string' ? [[name, url]] : []
    })
  return Object.entries(isObject(inside) ? inside : {}).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' ? [[name, value]] : [],
  )
}

/** Bounded in time and bytes, without following redirects. Undefined: there is none. */
const fetchImage: FetchImage = (url, signal) => within(withinMs, signal, (ends) => imageAt(url, ends))

const imageAt: FetchImage = (url, signal) =>
  new Promise((resolve, reject) => {
    const asked = get(url, { signal, lookup: publicLookup, agent: false }, (response) => {
      const parts: Buffer[] = []
      let bytes = 0
      response.on('error', reject)
      response.on('data', (part: Buffer) => {
        bytes += part.length
        if (bytes > customEmojiLimits.uploadBytes) asked.destroy(new Error('too large'))
        else parts.push(part)
      })
      response.on('end', () => resolve(response.statusCode === 200 ? Buffer.concat(parts) : undefined))
    })
    asked.on('error', reject)
  })
