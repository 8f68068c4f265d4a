// The files that somebody has taken in this browser, from the moment they are chosen until their message is in the log:
// kept on the disk with their bytes, uploaded at once, described, put in order, handed to a message in the outbox, and
// dropped when it has arrived. All tabs of a person have the same; one of them uploads a file at a time. Invariant: bytes
// go away only when the message is in the log, or when the person says so.
import { newCid } from '../../../server/protocol/cid.ts'
import type { FileAnswer, FileRef, UploadFacts } from '../../../server/protocol/files.ts'
import type { Attached, Outgoing } from '../../wire/outgoing.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import type { UploadAsk } from '../../wire/file-upload.ts'
import { filesIn, going, goingOf, held, markOf, setGoing, type HeldFile } from './held.ts'
import { attachedOf, messageOf, messagesWithFiles, wantedOf } from './in-outbox.ts'
import type { FileStore } from './kept-files.ts'
import { firstLook, type Look } from './look.ts'
import { Shelf } from './shelf.ts'
import { Uploads } from './uploads.ts'

export interface EngineDeps {
  user: string
  store: Promise<FileStore>
  outgoing: () => readonly Outgoing[]
  /** The server has a file of a message that waits; or does not take it. */
  whole: (cid: string, key: string, ref: FileRef) => void
  refused: (cid: string, refusal: Refusal) => void
  upload: (ask: UploadAsk) => Promise<{ url: string } | Refusal | undefined>
  endUpload: (url: string) => Promise<void>
  idOf: (url: string) => string
  read: (id: string) => Promise<FileAnswer | Refusal>
  change: (id: string, change: { alt: string }) => Promise<FileAnswer | Refusal>
  look: (kind: HeldFile['shown']['kind'], bytes: Blob) => Promise<Look>
  /** The browser has no room for the bytes of a file. */
  tellLoose: () => void
}

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
    this.#uploads = new Uploads({
      lock: async (key, signal) => (await deps.store).lock(key, signal),
      upload: (key, signal) => this.#upload(key, signal),
      refused: (key, refusal) => this.#refused(key, refusal),
      troubled: (key, trouble) => void (held.has(key) && setGoing(key, { trouble })),
      ended: () => this.#pump(),
    })
    void this.#shelf.load().then(() => this.#lookAgain())
  }

  /** Files of the draft `place`; each is uploaded at once. `facts`: what is known of them besides. */
  async add(place: string, files: readonly File[], facts: Partial<UploadFacts> = {}): Promise<void> {
    const last = filesIn(place).at(-1)?.order ?? 0
    const at = Date.now()
    const { user } = this.#deps
    const all = files.map((file, index): HeldFile => {
      const { voice, ...told } = facts
      const look = { ...firstLook(file), ...(voice ? { kind: 'voice' as const } : {}) }
      const { cid: _cid, ...shown } = { ...look, ...told }
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

  async #take(file: HeldFile, bytes: File): Promise<void> {
    const { key } = file
    this.#looking.add(key)
    const kept = this.#shelf.add(file, bytes)
    const look = this.#deps.look(file.shown.kind, bytes).then((seen) => this.#looked(key, seen))
    await Promise.all([look, kept.then((isKept) => isKept || this.#deps.tellLoose())])
  }

  #looked(key: string, { thumb, ...measures }: Look): void {
    this.#looking.delete(key)
    if (!held.has(key)) return
    if (thumb !== undefined) setGoing(key, { thumb })
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
    for (const { key, shown } of held.values()) {
      if (shown.kind !== 'image' || goingOf(key).thumb !== undefined) continue
      const bytes = await this.#shelf.bytes(key)
      const look = bytes && (await this.#deps.look('image', bytes))
      if (look?.thumb !== undefined && held.has(key)) setGoing(key, { thumb: look.thumb })
    }
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

  /** Moves a file of a draft to this place among its files. */
  move(key: string, to: number): void {
    const file = held.get(key)
    if (file === undefined) return
    const others = filesIn(file.place).filter((other) => other !== file)
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
    const files = filesIn(place)
    this.put(
      files.map(({ key }) => key),
      '',
    )
    return files.map(attachedOf)
  }

  /** Puts files at another place, after those that are there: another draft, or aside. */
  put(keys: readonly string[], place: string): void {
    const last = place === '' ? 0 : (filesIn(place).at(-1)?.order ?? 0)
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
    const named = new Set(
      messagesWithFiles(outgoing).flatMap(({ attached }) => attached.map(({ key }) => key)),
    )
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
    const isOver = ({ place, user }: HeldFile) =>
      place !== '' && localStorage.getItem(markOf(user, place)) === null
    for (const { key } of held.values()) this.#shelf.drop(key, isOver)
  }

  /** Removes the files of messages that are not in the outbox, once that has been read. */
  async sweepSent(): Promise<void> {
    await this.#shelf.load()
    const isOver = ({ key, place }: HeldFile) =>
      place === '' && messageOf(this.#deps.outgoing(), key) === undefined
    for (const { key } of held.values()) this.#shelf.drop(key, isOver)
  }

  close(): void {
    this.#uploads.want([])
    this.#shelf.close()
    held.clear()
    going.clear()
  }

  #pump(): void {
    const wanted = wantedOf(held.values(), this.#deps.outgoing())
    this.#uploads.want(wanted.filter((key) => !this.#looking.has(key)))
  }

  async #upload(key: string, signal: AbortSignal): Promise<Refusal | 'whole' | undefined> {
    // Another tab may have gone on with it meanwhile.
    const file = await this.#shelf.fresh(key)
    if (file === undefined || signal.aborted) return undefined
    let { url } = file
    if (file.ref === undefined || url === undefined) {
      const sent = await this.#send(file, signal)
      if (sent === undefined || isRefusal(sent)) return sent
      url = sent.url
    }
    return this.#learn(key, this.#deps.idOf(url))
  }

  async #send(
    { key, shown, facts, url }: HeldFile,
    signal: AbortSignal,
  ): Promise<{ url: string } | Refusal | undefined> {
    const bytes = await this.#shelf.bytes(key)
    if (bytes === undefined) return { code: 'file_gone' }
    return this.#deps.upload({
      bytes,
      name: shown.name,
      facts,
      url,
      signal,
      begun: (at) => this.#shelf.change([key], (file) => ({ ...file, url: at })),
      sent: (count) => {
        setGoing(key, { sent: count, trouble: undefined })
        this.#shelf.tellSent(key, count)
      },
    })
  }

  /** Tells the server what the picture shows, and learns what it makes of the file. */
  async #learn(key: string, id: string): Promise<Refusal | 'whole' | undefined> {
    const alt = held.get(key)?.shown.alt ?? ''
    const isDescribed = alt !== '' || held.get(key)?.ref?.alt !== undefined
    const answer = isDescribed ? await this.#deps.change(id, { alt }) : await this.#deps.read(id)
    if (isRefusal(answer)) {
      if (answer.code !== 'not_found' && answer.code !== 'file_gone') return answer
      this.#startAnew(key)
      return { code: 'unreachable' }
    }
    const { offset: _offset, whole, room: _room, seq: _seq, at: _at, ...ref } = answer.file
    if (!whole) return { code: 'file_unfinished' }
    this.#shelf.change([key], (file) => ({ ...file, ref }))
    setGoing(key, { sent: ref.size, trouble: undefined })
    const item = messageOf(this.#deps.outgoing(), key)
    const file = held.get(key)
    if (item !== undefined && file && attachedOf(file).ref) this.#deps.whole(item.cid, key, ref)
    return 'whole'
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
