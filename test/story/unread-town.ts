// Many rooms at once, in which a person misses things: random talk, threads, edits, deletions, names, reading and marking
// unread on several devices, sleep and long absence. What the server and every browser that is awake show is compared
// with a plain model: the badges, the number of threads, and the list of threads.
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { ThreadMarksAnswer } from '../../server/protocol/threads.ts'
import { between, chanceOf, pick, type Chance } from '../fault/chance.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Story } from '../support/browser-story.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { Person } from '../support/person.ts'
import { UnreadModel } from '../support/unread-model.ts'
import { until } from '../support/until.ts'
import { capped, heardBack, inWords, shownOn, type Shown } from './unread-shown.ts'

interface Place {
  id: string
  name: string
  model: UnreadModel
  chance: Chance
  /** What happened, in short; shown with a difference. */
  steps: string[]
}

const password = 'correct horse'
const agreesWithinMs = 10_000

export class UnreadTown {
  readonly counts = { steps: 0, comparisons: 0, worstMs: 0 }
  readonly #bob: Person
  /** A device of hers without a screen. */
  readonly #phone: Person
  /** Her screens: one shows a room, the other the list of threads. */
  readonly #screens: readonly Visitor[]
  readonly #asleep = new Set<Visitor>()
  #places: Place[] = []
  #turn = 0

  private constructor(bob: Person, phone: Person, screens: readonly Visitor[]) {
    this.#bob = bob
    this.#phone = phone
    this.#screens = screens
  }

  static async open(story: Story): Promise<UnreadTown> {
    const bob = await story.joins('Bob')
    const desk = await story.opens('Ann')
    await desk.comes('signUp', password)
    await desk.isIn()
    const laptop = await story.opens('Ann')
    await laptop.comes('signIn', password)
    await laptop.isIn()
    await laptop.page.goto('/threads')
    await laptop.isIn()
    const phone = await Person.signsIn(story.address, 'Ann', password)
    story.brook.people.push(phone)
    await phone.connects()
    return new UnreadTown(bob, phone, [desk, laptop])
  }

  /** Plays one room for each seed, all at once, and compares after each of some rounds. */
  async plays(seeds: readonly number[], rounds = 4): Promise<void> {
    this.#places = []
    for (const seed of seeds) {
      const { id, name } = await this.#bob.makes(`room ${seed}`)
      await this.#phone.joins(id)
      const model = new UnreadModel()
      const place = { id, name, model, chance: chanceOf(seed), steps: [] }
      this.#places.push(place)
      await this.#settles(place)
    }
    const chance = chanceOf(seeds[0] ?? 0)
    for (let round = 1; round <= rounds; round += 1) {
      if (chance() < 0.4) await this.#falls(pick(chance, this.#screens))
      if (chance() < 0.15) await this.#isLongAway(pick(chance, this.#places), chance)
      for (const place of this.#places)
        for (let left = between(place.chance, 0, 6); left > 0; left -= 1) await this.#step(place)
      if (chance() < 0.6 || round === rounds) await this.#wake()
      await this.#agree()
    }
    await this.#screens[0]?.page.reload()
    await this.#agree()
    for (const { id } of this.#places) await this.#phone.ask('DELETE', `/api/rooms/${id}/members/me`)
  }

  /** What Ann's own arrival counts for: she has read it. */
  async #settles({ id, model }: Place): Promise<void> {
    const summary = await until(async () => (await this.#phone.rooms()).find((room) => room.id === id))
    model.head = summary?.head ?? 0
    model.read = summary?.read ?? 0
  }

  async #falls(screen: Visitor): Promise<void> {
    this.#asleep.add(screen)
    await screen.goesOffline()
    this.#note('a screen falls asleep')
  }

  async #wake(): Promise<void> {
    for (const screen of this.#asleep) await screen.comesBack()
    this.#asleep.clear()
    this.#note('all screens are awake')
  }

  async #isLongAway(place: Place, chance: Chance): Promise<void> {
    const missed = Math.ceil(5_000 ** chance())
    for (let number = 1; number < missed; number += 1) this.#bob.says(`line ${number}`, { room: place.id })
    const { seq: last } = await this.#bob.acked(this.#bob.says('the last line', { room: place.id }))
    for (let seq = last - missed + 1; seq <= last; seq += 1)
      place.model.says({ seq, isOwn: false, names: false, isDeleted: false })
    place.steps.push(`${missed} lines up to #${last}`)
  }

  #note(words: string): void {
    for (const { steps } of this.#places) steps.push(words)
  }

  async #step(place: Place): Promise<void> {
    this.counts.steps += 1
    const { chance, model } = place
    const rolled = chance()
    const names = chance() < 0.4
    const root = model.roots.length > 0 ? pick(chance, model.roots) : undefined
    if (rolled < 0.3 || root === undefined) return this.#says(place, { names, isOwn: chance() < 0.25 })
    if (rolled < 0.5) return this.#says(place, { names, isOwn: chance() < 0.15, thread: root.seq })
    if (rolled < 0.7) return this.#changes(place, names)
    if (rolled < 0.85) return this.#reads(place, between(chance, 1, model.head))
    if (rolled < 0.92) return this.#readsThread(place, root.seq)
    if (rolled < 0.96) return this.#marksUnread(place)
    return this.#opens(place)
  }

  async #says(place: Place, said: { names: boolean; isOwn: boolean; thread?: number }): Promise<void> {
    const { names, isOwn, thread } = said
    const who = isOwn ? this.#phone : this.#bob
    const cid = newCid()
    const text = names && !isOwn ? 'hello @Ann' : 'hello'
    who.tells({ type: 'send', room: place.id, cid, text, ...(thread === undefined ? {} : { thread }) })
    const { seq, isNaming } = await heardBack(who, cid)
    place.model.says({ seq, isOwn, names: isNaming, isDeleted: false, ...(thread && { thread }) })
    place.steps.push(`#${seq} ${isOwn ? 'own' : ''} ${text} ${thread === undefined ? '' : `in #${thread}`}`)
  }

  /** Bob edits or deletes something of his. */
  async #changes({ id, model, chance, steps }: Place, names: boolean): Promise<void> {
    const his = model.said.filter(({ isOwn, isDeleted }) => !isOwn && !isDeleted)
    if (his.length === 0) return
    const said = pick(chance, his.slice(-30))
    const cid = newCid()
    const isDeletion = chance() < 0.5
    const what = isDeletion ? { type: 'delete' } : { type: 'edit', text: names ? 'now @Ann' : 'now nobody' }
    this.#bob.tells({ ...what, room: id, cid, seq: said.seq })
    const { seq, isNaming } = await heardBack(this.#bob, cid)
    model.head = Math.max(model.head, seq)
    if (isDeletion) said.isDeleted = true
    else model.edits(said, isNaming)
    steps.push(`#${seq} ${what.type} of #${said.seq} ${what.text ?? ''}`)
  }

  async #reads({ id, model, steps }: Place, upTo: number): Promise<void> {
    model.read = Math.max(model.read, upTo)
    this.#phone.tells({ type: 'read', room: id, seq: upTo })
    // What is asked next over HTTP must find it.
    await until(async () => (await this.#summary(id)).read === model.read)
    steps.push(`reads #${upTo}`)
  }

  async #readsThread({ id, model, steps }: Place, root: number): Promise<void> {
    if (!model.threads.has(root)) return
    const { status } = await this.#phone.ask('PUT', `/api/rooms/${id}/threads/${root}/read`, {
      seq: model.head,
    })
    if (status !== 204) throw new Error(`the thread was not read: ${status}`)
    model.threads.set(root, Math.max(model.threads.get(root) ?? 0, model.head))
    steps.push(`reads thread #${root}`)
  }

  async #marksUnread({ id, model, chance, steps }: Place): Promise<void> {
    const seq = between(chance, 1, model.head)
    model.read = seq - 1
    this.#turn = Math.max(this.#turn + 1, Date.now())
    this.#phone.tells({ type: 'read', room: id, seq: seq - 1, turn: this.#turn })
    await until(async () => (await this.#summary(id)).read === seq - 1)
    steps.push(`marks #${seq} unread`)
  }

  /** A few unread messages are read by looking at them. */
  async #opens({ id, name, model, steps }: Place): Promise<void> {
    const [desk] = this.#screens
    const { unread } = model.count()
    if (desk === undefined || this.#asleep.has(desk) || unread === 0 || unread > 5) return
    await desk.goesTo(name)
    const { read } = await until(
      () => this.#summary(id),
      ({ unread: left }) => left === 0,
    )
    await desk.goesTo('lobby')
    model.read = read
    steps.push('opens it')
  }

  async #summary(id: string): Promise<RoomSummary> {
    const summary = (await this.#phone.rooms()).find((room) => room.id === id)
    if (summary === undefined) throw new Error(`she is not in room ${id}`)
    return summary
  }

  /** Waits until everybody shows what the model says. */
  async #agree(): Promise<void> {
    const from = Date.now()
    await this.#same('the server', () => this.#served(), this.#wanted())
    for (const screen of this.#screens) {
      if (this.#asleep.has(screen)) continue
      const isList = screen === this.#screens[1]
      await this.#same(isList ? 'the list of threads' : 'the desk', () => shownOn(screen), {
        ...this.#wanted(),
        ...this.#totals(isList),
      })
    }
    this.counts.comparisons += 1
    this.counts.worstMs = Math.max(this.counts.worstMs, Date.now() - from)
  }

  async #same(who: string, look: () => Promise<Shown>, wanted: Shown): Promise<void> {
    let differing: string[] = []
    const same = async (): Promise<boolean> => {
      const seen = await look()
      const keys = [...new Set([...Object.keys(wanted), ...Object.keys(seen)])]
      differing = keys.filter((key) => (seen[key] ?? '') !== (wanted[key] ?? ''))
      differing = differing.map((key) => `${key}: "${seen[key] ?? ''}" and not "${wanted[key] ?? ''}"`)
      return differing.length === 0
    }
    await until(same, Boolean, agreesWithinMs).catch((cause: unknown) => {
      const concerned = this.#places.filter(({ name }) => differing.some((line) => line.startsWith(name)))
      const stories = concerned.map(({ name, steps }) => `${name}: ${steps.join(' · ')}`)
      throw new Error([`${who} shows otherwise:`, ...differing, ...stories].join('\n'), { cause })
    })
  }

  #wanted(): Shown {
    return Object.fromEntries(
      this.#places.map(({ name, model }) => {
        const { unread, mentions = 0 } = model.count()
        return [name, inWords(unread, mentions)]
      }),
    )
  }

  #totals(withThreads: boolean): Shown {
    const threads = this.#places.map(({ name, model }) => ({ name, unread: model.unreadThreads() }))
    const cards = threads.flatMap(({ name, unread: roots }) =>
      [...roots].map(([root, count]): [string, string] => [`${name} thread ${root}`, capped(count)]),
    )
    return {
      threads: String(cards.length),
      ...(withThreads ? Object.fromEntries(cards) : {}),
    }
  }

  async #served(): Promise<Shown> {
    const rooms = new Map((await this.#phone.rooms()).map((room) => [room.id, room]))
    const { body } = await this.#phone.ask<ThreadMarksAnswer>('GET', '/api/threads/marks')
    const wanted = this.#places.flatMap(({ id, name, model }) => {
      const roots = model.unreadThreads()
      const marks = new Map(
        body.threads.flatMap((one) => (one.room === id ? [[one.thread, one.unread]] : [])),
      )
      const wrong = [...model.threads.keys()].filter((root) => marks.get(root) !== (roots.get(root) ?? 0))
      return wrong.map((root): [string, string] => [`${name} mark ${root}`, String(marks.get(root))])
    })
    const shown = this.#places.map(({ id, name }): [string, string] => {
      const { unread = -1, mentions = 0 } = rooms.get(id) ?? {}
      return [name, inWords(unread, mentions)]
    })
    return Object.fromEntries([...shown, ...wanted])
  }
}
