// The sending side of the signed-in person: their outbox, their other tabs, and whether they are still signed in.
import { closes } from '../../server/protocol/errors.ts'
import type { User } from '../../server/protocol/people.ts'
import type { Feed } from './feed.ts'
import { Outbox } from './outbox.ts'
import { whenOpen, type openStorage } from './outbox-disk.ts'
import type { Outgoing } from './outgoing.ts'
import type { Socket } from './socket.ts'
import { openTabs, type Logged, type Tabs } from './tabs.ts'

export interface Sender {
  user: User
  outbox: Outbox
  tabs: Tabs
  /** Checks whether this person is still signed in. */
  doubt: () => Promise<void>
}

interface SenderDeps {
  storage: ReturnType<typeof openStorage>
  socket: Pick<Socket, 'tell' | 'wake'>
  feed: Pick<Feed, 'tell'>
  /** What waits or failed, in order, after each change. */
  changed: (items: readonly Outgoing[]) => void
  /** Another tab has learned that something is in the log. */
  logged: (logged: Logged) => void
}

export function openSender({ user, doubt }: Pick<Sender, 'user' | 'doubt'>, deps: SenderDeps): Sender {
  const { storage, socket, feed } = deps
  const tabs = openTabs(user.id, {
    changed: () => void outbox.refresh(),
    logged: deps.logged,
  })
  const outbox = new Outbox({
    storage: whenOpen(storage),
    user: user.id,
    tell: (said) => socket.tell(said),
    doubt: () => socket.wake(),
    changed: deps.changed,
    dropped: ({ room, change }, refusal) => feed.tell({ type: 'unchanged', room, change, refusal }),
    announce: tabs.tellChanged,
  })
  return { user, outbox, tabs, doubt }
}

/** The socket says signed out, HTTP says signed in: they will agree shortly. */
const disagreeMs = 5_000
/** A thousand browsers whose handshakes fail should not send a thousand more requests. */
const doubtEveryMs = 5_000

/** Checks whether the person is still signed in, if the socket has reason to doubt it; `open` opens it again. */
export function doubtsOf(sender: () => Sender | undefined, open: () => void) {
  let doubtedAt = 0

  function doubt(): void {
    if (Date.now() - doubtedAt < doubtEveryMs) return
    doubtedAt = Date.now()
    void sender()?.doubt()
  }

  /** The socket was closed for good, with this code. */
  async function turnedAway(code: number): Promise<void> {
    if (code !== closes.signedOut.code) return
    const asked = sender()
    await asked?.doubt()
    setTimeout(() => asked !== undefined && asked === sender() && open(), disagreeMs)
  }

  return { doubt, turnedAway }
}
