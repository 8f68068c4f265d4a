// The files of one person in this browser, in memory (held.ts) and on the disk, the same in all tabs. What a tab
// changes is shown at once, written, and told to the others.
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
  /** Their bytes are being written: what changes meanwhile is written afterwards. */
  readonly #adding = new Set<string>()
  readonly #ends = new AbortController()
  #toldAt = 0

  constructor(user: string, store: Promise<FileStore>, deps: { changed: () => void }) {
    this.#user = user
    this.#store = store
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
    const there = new Map(stored.map((file) => [file.key, file]))
    for (const key of held.keys())
      if (!there.has(key) && !this.#writing.has(key) && goingOf(key).isLoose !== true) this.#forget(key)
    for (const [key, file] of there)
      if (!this.#writing.has(key) && !this.#gone.has(key) && !isSame(held.get(key), file)) held.set(key, file)
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
    const here = await store.lock(hereOf(key), this.#ends.signal)
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
        () => this.#tell('changed'),
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
  }

  #forget(key: string): void {
    const { thumb } = goingOf(key)
    if (thumb !== undefined) URL.revokeObjectURL(thumb)
    const place = held.get(key)?.place
    held.delete(key)
    going.delete(key)
    this.#bytes.delete(key)
    if (place !== undefined) this.#mark(place)
  }

  /** The next page knows by it that the draft has files, without reading any; signing out removes it. */
  #mark(place: string): void {
    if (!isDraft(place)) return
    try {
      const mark = markOf(this.#user, place)
      if (filesIn(place).length > 0) localStorage.setItem(mark, '1')
      else localStorage.removeItem(mark)
    } catch {
      // Storage is blocked or full: files that wait are found once there is another reason to look.
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
