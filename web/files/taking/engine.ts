// The files that somebody has taken in this browser, from the moment they are chosen until their message is in the log:
// kept on the disk with their bytes, uploaded at once, described, put in order, handed to a message in the outbox, and
// dropped when it has arrived. All tabs of a person have the same; one of them uploads a file at a time. Invariant: bytes
// go away only when the message is in the log, or when the person says so.
import { fileLimits } from '../../../server/protocol/file-limits.ts'
import { newCid } from '../../../server/protocol/cid.ts'
import type { FileRef, UploadFacts } from '../../../server/protocol/files.ts'
import type { Attached, Outgoing } from '../../wire/outgoing.ts'
import type { Refusal } from '../../wire/refusal.ts'
import { unsharedLock } from '../../wire/send-lock.ts'
import { filesIn, goingOf, held, isDraft, setGoing, type HeldFile } from './held.ts'
import { attachedOf, keysOf, messageOf, messagesWithFiles, wantedOf } from './in-outbox.ts'
import type { FileStore } from './kept-files.ts'
import { firstLook, type Look } from './look.ts'
import { uploadOne, type UploadSteps } from './one-upload.ts'
import { Shelf } from './shelf.ts'
import { Uploads } from './uploads.ts'

export interface EngineDeps extends UploadSteps {
  user: string
  store: Promise<FileStore>
  outgoing: () => readonly Outgoing[]
  /** The server has a file of a message that waits; or does not take it. */
  whole: (cid: string, key: string, ref: FileRef) => void
  refused: (cid: string, refusal: Refusal) => void
  endUpload: (url: string) => Promise<void>
  look: (kind: HeldFile['shown']['kind'], bytes: Blob) => Promise<Look>
  /** The browser has no room for the bytes of a file. */
  tellLoose: () => void
}

/** What is known of a file that is taken. */
type Known = Partial<UploadFacts> & { alt?: string }

export class FileEngine {
  readonly #deps: EngineDeps
  readonly #shelf: Shelf
  readonly #uploads: Uploads
  /** Being looked at: uploaded only then, because what is found goes along. */
  readonly #looking = new Set<string>()
  /** Keys that messages in the outbox have named. */
  #named = new Set<string>()
  /** Messages that were refused; once they wait again, their files are tried again. */
  readonly #failed = new Set<string>()
  /** How often a file was started anew. */
  readonly #anew = new Map<string, number>()
  readonly #missing = new Set<string>()

  constructor(deps: EngineDeps) {
    this.#deps = deps
    this.#shelf = new Shelf(deps.user, deps.store, { changed: () => this.refresh() })
    const one = {
      ...deps,
      shelf: this.#shelf,
      startAnew: (key: string) => this.#startAnew(key),
      whole: (key: string, ref: FileRef) => this.#whole(key, ref),
    }
    this.#uploads = new Uploads({
      // A storage that fails is shared with nobody: this tab goes on alone.
      lock: async (key, signal) =>
        (await deps.store).lock(key, signal).catch(() => unsharedLock(key, signal)),
      upload: (key, signal) => uploadOne(one, key, signal),
      refused: (key, refusal) => this.#refused(key, refusal),
      troubled: (key, trouble) => void (held.has(key) && setGoing(key, { trouble })),
      ended: () => this.#pump(),
    })
    void this.#shelf.load().then(() => this.#lookAgain())
  }

  /** Files of the draft `place`; each is uploaded at once. `known`: of them besides. */
  async add(place: string, files: readonly File[], known: Known = {}): Promise<void> {
    const { alt, ...facts } = known
    const last = this.#in(place).at(-1)?.order ?? 0
    const at = Date.now()
    const { user } = this.#deps
    const all = files.map((file, index): HeldFile => {
      const { voice, ...told } = facts
      const look = { ...firstLook(file), ...(voice ? { kind: 'voice' as const } : {}) }
      const { cid: _cid, ...shown } = { ...look, ...told, ...(alt === undefined ? {} : { alt }) }
      return {
        key: newCid(),
        user,
        place,
        order: last + 1 + index,
        at,
        shown,
        facts: { ...facts, cid: newCid() },
      }
    })
    await Promise.all(all.map((file, index) => this.#take(file, files[index] as File)))
  }

  /** How many more files the draft `place` may have. */
  free(place: string): number {
    return fileLimits.perMessage - this.#in(place).length
  }

  readonly #in = (place: string): HeldFile[] => filesIn(place, this.#deps.user)

  async #take(file: HeldFile, bytes: File): Promise<void> {
    const { key } = file
    this.#looking.add(key)
    const kept = this.#shelf.add(file, bytes)
    const look = this.#deps.look(file.shown.kind, bytes).then((seen) => this.#looked(key, seen))
    await Promise.all([look, kept.then((isKept) => isKept || this.#deps.tellLoose())])
  }

  #looked(key: string, { thumb, ...measures }: Look): void {
    this.#looking.delete(key)
    this.#showThumb(key, thumb)
    if (!held.has(key)) return
    this.#shelf.change([key], (file) => ({
      ...file,
      shown: { ...measures, ...file.shown },
      // The server measures pictures itself.
      facts: file.shown.kind === 'image' ? file.facts : { ...measures, ...file.facts },
    }))
    this.#pump()
  }

  /** After a reload, pictures are made small again. */
  async #lookAgain(): Promise<void> {
    this.refresh()
    for (const { key, shown } of this.#shelf.own()) {
      if (shown.kind !== 'image' || goingOf(key).thumb !== undefined) continue
      const bytes = await this.#shelf.bytes(key)
      const look = bytes && (await this.#deps.look('image', bytes))
      this.#showThumb(key, look?.thumb)
    }
  }

  /** Of a file that is gone meanwhile, it is let go. */
  #showThumb(key: string, thumb: string | undefined): void {
    if (thumb === undefined) return
    if (held.has(key)) setGoing(key, { thumb })
    else URL.revokeObjectURL(thumb)
  }

  bytes(key: string): Promise<Blob | undefined> {
    return this.#shelf.bytes(key)
  }

  /** Takes files out for good, and ends their uploads. */
  discard(keys: readonly string[]): void {
    for (const key of keys) {
      const url = held.get(key)?.url
      if (url !== undefined) void this.#deps.endUpload(url)
      this.#shelf.drop(key, () => true)
    }
    this.#pump()
  }

  /** A message that the server sends later has them: they are kept there. */
  forget(keys: readonly string[]): void {
    for (const key of keys) this.#shelf.drop(key, () => true)
    this.#pump()
  }

  /** Moves a file of a draft to this place among its files. */
  move(key: string, to: number): void {
    const file = held.get(key)
    if (file === undefined) return
    const others = this.#in(file.place).filter((other) => other !== file)
    others.splice(Math.max(0, to), 0, file)
    const order = new Map(others.map((one, index) => [one.key, index + 1]))
    this.#shelf.change([...order.keys()], (one) => ({ ...one, order: order.get(one.key) ?? one.order }))
  }

  /** What the picture shows, for those who do not see it. */
  describe(key: string, alt: string): void {
    this.#shelf.change([key], ({ shown: { alt: _alt, ...shown }, ...file }) => ({
      ...file,
      shown: alt === '' ? shown : { ...shown, alt },
    }))
    this.#pump()
  }

  pause(keys: readonly string[], isPaused: boolean): void {
    this.#shelf.change(keys, (file) => ({ ...file, isPaused }))
    this.#pump()
  }

  /** Tries again what was refused. */
  retry(keys: readonly string[]): void {
    this.#shelf.change(keys, ({ refusal: _refusal, ...file }) => file)
    this.#pump()
  }

  /** The files of the draft now belong to a message, which the caller puts into the outbox at once. */
  handOver(place: string): Attached[] {
    const files = this.#in(place)
    const keys = files.map(({ key }) => key)
    this.put(keys, '')
    return files.map(attachedOf)
  }

  /** Puts files at another place, after those that are there: another draft, or aside. */
  put(keys: readonly string[], place: string): void {
    const last = place === '' ? 0 : (this.#in(place).at(-1)?.order ?? 0)
    this.#shelf.change(keys, ({ isPaused: _isPaused, refusal: _refusal, ...file }) => ({
      ...file,
      place,
      order: last + 1 + keys.indexOf(file.key),
    }))
    for (const key of keys) this.#named.delete(key)
    // Files of a message go on as they are: it is in the outbox in a moment.
    if (place !== '') this.#pump()
  }

  /** The outbox has changed, or what is kept. */
  refresh(): void {
    const outgoing = this.#deps.outgoing()
    for (const { cid, state, attached } of messagesWithFiles(outgoing)) {
      if (state === 'failed') this.#failed.add(cid)
      else if (this.#failed.delete(cid)) this.retry(attached.map(({ key }) => key))
      if (state === 'waiting') for (const one of attached) this.#forMessage(cid, one)
    }
    const named = keysOf(outgoing)
    const gone = [...this.#named].filter((key) => !named.has(key))
    this.#named = named
    // It is in the log, or was taken back, and then has a place again.
    for (const key of gone) this.#shelf.drop(key, ({ place }) => place === '')
    this.#pump()
  }

  #forMessage(cid: string, { key, ref, lost = 0 }: Attached): void {
    if (ref !== undefined) return
    const file = held.get(key)
    if (file === undefined) return void this.#lookFor(cid, key)
    if (lost > (this.#anew.get(key) ?? 0)) {
      this.#anew.set(key, lost)
      this.#startAnew(key)
    } else if (attachedOf(file).ref !== undefined && file.ref !== undefined)
      this.#deps.whole(cid, key, file.ref)
  }

  #startAnew(key: string): void {
    this.#shelf.change([key], ({ url: _url, ref: _ref, ...file }) => file)
    setGoing(key, { sent: 0 })
  }

  /** Perhaps another tab has it, and has not written it yet; whoever has it holds this lock. */
  async #lookFor(cid: string, key: string): Promise<void> {
    if (this.#missing.has(key)) return
    this.#missing.add(key)
    await this.#shelf.settled(key)
    this.#missing.delete(key)
    if (held.has(key)) return this.refresh()
    const item = messageOf(this.#deps.outgoing(), key)
    const isWaiting = item?.attached.some((one) => one.key === key && one.ref === undefined) === true
    if (isWaiting && item.state === 'waiting') this.#deps.refused(cid, { code: 'file_gone' })
  }

  /** The connection is back. */
  wake(): void {
    this.#uploads.wake()
  }

  /** Removes drafts whose mark is gone: whoever wrote them has signed out. Fails if storage is blocked. */
  async sweepDrafts(): Promise<void> {
    await this.#shelf.load()
    const named = keysOf(this.#deps.outgoing())
    // A page that crashed while it gave a file to a message: it is that message's.
    for (const { key, place } of this.#shelf.own())
      if (isDraft(place) && named.has(key) && !this.#shelf.isMarked(place)) this.put([key], '')
    this.#shelf.sweep(({ place }) => place !== '' && !this.#shelf.isMarked(place))
  }

  /** Removes the files of messages that are not in the outbox, once that has been read. */
  async sweepSent(): Promise<void> {
    await this.#shelf.load()
    this.#shelf.sweep(({ key, place }) => place === '' && messageOf(this.#deps.outgoing(), key) === undefined)
  }

  close(): void {
    this.#uploads.want([])
    this.#shelf.close()
  }

  #pump(): void {
    const wanted = wantedOf(this.#shelf.own(), this.#deps.outgoing())
    this.#uploads.want(wanted.filter((key) => !this.#looking.has(key)))
  }

  #whole(key: string, ref: FileRef): void {
    const item = messageOf(this.#deps.outgoing(), key)
    const file = held.get(key)
    if (item !== undefined && file && attachedOf(file).ref) this.#deps.whole(item.cid, key, ref)
  }

  #refused(key: string, refusal: Refusal): void {
    const item = messageOf(this.#deps.outgoing(), key)
    if (item !== undefined) {
      this.#failed.add(item.cid)
      this.#deps.refused(item.cid, refusal)
    }
    this.#shelf.change([key], (file) => ({ ...file, refusal }))
    this.#pump()
  }
}
