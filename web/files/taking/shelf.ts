// The files of one person in this browser, in memory (held.ts) and on the disk, the same in all tabs. What a tab
// changes is shown at once, written, and told to the others.
import { keepHanded, takeHanded } from './handed.ts'
import { filesIn, going, goingOf, held, isDraft, markOf, setGoing, type HeldFile } from './held.ts'
import type { FileStore } from './kept-files.ts'

/** The bar of a tab that does not upload moves a few times a second. */
const tellEveryMs = 250

type Word = 'changed' | { key: string; sent: number }

export class Shelf {
  readonly #user: string
  readonly #store: Promise<FileStore>
  readonly #channel: BroadcastChannel | undefined
  /** Bytes that this page has at hand. */
  readonly #bytes = new Map<string, Blob>()
  /** Writes under way, by key: what is read from the disk meanwhile is older. */
  readonly #writing = new Map<string, number>()
  /** Dropped here: not shown again if the disk is read meanwhile. */
  readonly #gone = new Set<string>()
  /** Drafts whose mark could not be stored: that it is missing says nothing. */
  readonly #unmarked = new Set<string>()
  /** Their bytes are being written: what changes meanwhile is written afterwards. */
  readonly #adding = new Set<string>()
  readonly #ends = new AbortController()
  #toldAt = 0

  constructor(user: string, store: Promise<FileStore>, deps: { changed: () => void }) {
    this.#user = user
    this.#store = store
    const { signal } = this.#ends
    globalThis.addEventListener('pagehide', () => keepHanded(this.#unwritten()), { signal })
    // Back from the browser's cache of pages: the writes go on here.
    const isBack = ({ persisted }: PageTransitionEvent) =>
      persisted && this.own().forEach(({ key }) => takeHanded(key))
    globalThis.addEventListener('pageshow', isBack, { signal })
    if (typeof BroadcastChannel === 'undefined') return
    this.#channel = new BroadcastChannel(`brook-files:${user}`)
    this.#channel.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data === 'changed') void this.load().then(() => deps.changed())
      else if (held.has(data.key)) setGoing(data.key, { sent: data.sent, trouble: undefined })
    }
  }

  /** Reads the disk, which other tabs write too. */
  async load(): Promise<void> {
    const stored = await (await this.#store).all(this.#user).catch((error: unknown) => {
      console.warn('Files that wait could not be read.', error)
      return undefined
    })
    if (stored === undefined || this.#ends.signal.aborted) return
    for (const [at, file] of stored.entries()) stored[at] = this.#asHanded(file)
    const there = new Map(stored.map((file) => [file.key, file]))
    for (const { key } of this.own())
      if (!there.has(key) && !this.#writing.has(key) && goingOf(key).isLoose !== true) this.#forget(key)
    for (const [key, file] of there)
      if (!this.#writing.has(key) && !this.#gone.has(key) && !isSame(held.get(key), file)) held.set(key, file)
  }

  /** Files of this person: while somebody else signs in here, theirs are in memory too. */
  own(): HeldFile[] {
    return [...held.values()].filter(({ user }) => user === this.#user)
  }

  /** On the disk, but not as they are by now. */
  #unwritten(): HeldFile[] {
    return this.own().filter(({ key }) => this.#writing.has(key) && !this.#adding.has(key))
  }

  /** A page that went away before it could write it has given the file to a message. */
  #asHanded(file: HeldFile): HeldFile {
    const place = this.#writing.has(file.key) ? undefined : takeHanded(file.key)
    if (place === undefined || place === file.place) return file
    const now = { ...file, place }
    held.set(file.key, now)
    void this.#write(file.key, (was) => ({ ...was, place }))
    return now
  }

  /** Removes those of this person's files that `isOver`, unless another tab has other plans. */
  sweep(isOver: (file: HeldFile) => boolean): void {
    for (const { key } of this.own()) this.drop(key, isOver)
  }

  /** The draft was not signed away: its mark is there, or never could be. */
  isMarked(place: string): boolean {
    return this.#unmarked.has(place) || localStorage.getItem(markOf(this.#user, place)) !== null
  }

  /** False: only this tab has it. */
  async add(file: HeldFile, bytes: Blob): Promise<boolean> {
    const { key } = file
    this.#bytes.set(key, bytes)
    held.set(key, file)
    this.#mark(file.place)
    this.#begin(key)
    this.#adding.add(key)
    const store = await this.#store
    const here = await store.lock(hereOf(key), this.#ends.signal).catch(() => undefined)
    try {
      await store.add(held.get(key) ?? file, bytes)
      if (this.#gone.has(key)) await store.remove(key, () => true)
      // The file that was chosen may be moved or changed; this copy is ours.
      const copy = await store.bytes(key)
      if (copy !== undefined && held.has(key)) this.#bytes.set(key, copy)
      here?.release()
      return true
    } catch (error) {
      console.warn('A file could not be kept in this browser.', error)
      // The lock is held as long as this tab has the file.
      if (held.has(key)) setGoing(key, { isLoose: true })
      return false
    } finally {
      this.#adding.delete(key)
      if (held.has(key) && goingOf(key).isLoose !== true) void this.#write(key, () => held.get(key) ?? file)
      this.#finish(key)
    }
  }

  /** Changes what is known of files, here at once. */
  change(keys: readonly string[], change: (file: HeldFile) => HeldFile): void {
    for (const key of keys) {
      const was = held.get(key)
      if (was === undefined) continue
      const now = change(was)
      held.set(key, now)
      for (const place of new Set([was.place, now.place])) this.#mark(place)
      if (goingOf(key).isLoose !== true && !this.#adding.has(key)) void this.#write(key, change)
    }
  }

  /** Changes what is on the disk in the same way: another tab may have changed something else of it. */
  async #write(key: string, change: (file: HeldFile) => HeldFile): Promise<void> {
    this.#begin(key)
    try {
      const kept = await (await this.#store).change(key, change)
      if (kept === undefined && held.has(key)) this.#forget(key)
    } catch (error) {
      console.warn('What is known of a file could not be written.', error)
    } finally {
      this.#finish(key)
    }
  }

  /** As it is on the disk now; undefined: it is gone. */
  async fresh(key: string): Promise<HeldFile | undefined> {
    if (goingOf(key).isLoose === true || this.#writing.has(key)) return held.get(key)
    const file = await (await this.#store).change(key, (now) => now).catch(() => held.get(key))
    if (file === undefined) this.#forget(key)
    else if (!this.#writing.has(key) && held.has(key) && !isSame(held.get(key), file)) held.set(key, file)
    return held.get(key)
  }

  async bytes(key: string): Promise<Blob | undefined> {
    const here = this.#bytes.get(key)
    if (here !== undefined) return here
    return (await this.#store).bytes(key).catch(() => undefined)
  }

  /** Removes it, here and on the disk, unless another tab has other plans. */
  drop(key: string, isMeant: (file: HeldFile) => boolean): void {
    const file = held.get(key)
    if (file !== undefined && !isMeant(file)) return
    this.#gone.add(key)
    this.#forget(key)
    void this.#store
      .then((store) => store.remove(key, isMeant))
      .then(
        () => {
          // If it is still there, another tab has other plans, and it is shown again. Bytes on their way are removed by `add`.
          if (!this.#adding.has(key)) this.#gone.delete(key)
          this.#tell('changed')
        },
        (error: unknown) => console.warn('A file could not be removed.', error),
      )
  }

  /** Once nobody is about to write the file, what is on the disk is read. */
  async settled(key: string): Promise<void> {
    const lock = await (await this.#store).lock(hereOf(key), this.#ends.signal)
    lock?.release()
    await this.load()
  }

  tellSent(key: string, sent: number): void {
    if (Date.now() - this.#toldAt < tellEveryMs) return
    this.#toldAt = Date.now()
    this.#tell({ key, sent })
  }

  close(): void {
    this.#ends.abort()
    this.#channel?.close()
    for (const { key } of this.own()) this.#hide(key)
  }

  #hide(key: string): void {
    const { thumb } = goingOf(key)
    if (thumb !== undefined) URL.revokeObjectURL(thumb)
    held.delete(key)
    going.delete(key)
    this.#bytes.delete(key)
  }

  #forget(key: string): void {
    const place = held.get(key)?.place
    this.#hide(key)
    if (place !== undefined) this.#mark(place)
  }

  /** The next page knows by it that the draft has files, without reading any; signing out removes it. */
  #mark(place: string): void {
    if (!isDraft(place)) return
    try {
      const mark = markOf(this.#user, place)
      if (filesIn(place, this.#user).length > 0) localStorage.setItem(mark, '1')
      else localStorage.removeItem(mark)
      this.#unmarked.delete(place)
    } catch {
      // Storage is blocked or full: files that wait are found once there is another reason to look.
      this.#unmarked.add(place)
    }
  }

  #begin(key: string): void {
    this.#writing.set(key, (this.#writing.get(key) ?? 0) + 1)
  }

  #finish(key: string): void {
    const left = (this.#writing.get(key) ?? 1) - 1
    if (left > 0) this.#writing.set(key, left)
    else this.#writing.delete(key)
    this.#tell('changed')
  }

  #tell(word: Word): void {
    if (!this.#ends.signal.aborted) this.#channel?.postMessage(word)
  }
}

/** Who holds this lock has the file and has not written it, or could not. */
const hereOf = (key: string): string => `here:${key}`

const isSame = (one: HeldFile | undefined, other: HeldFile): boolean =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other)
