// What the tabs of one person in one browser tell each other about their shared outbox.

/** A message that is in the log under `seq`. */
export interface Logged {
  cid: string
  room: string
  seq: number
  at: number
}

export interface Tabs {
  /** The outbox on the disk has changed. */
  tellChanged: () => void
  /** So that a tab whose own connection is slower shows no gap between "sending" and "sent". */
  tellLogged: (logged: Logged) => void
  close: () => void
}

interface TabsDeps {
  changed: () => void
  logged: (logged: Logged) => void
}

/** Joins the tabs of `user`; without BroadcastChannel each tab is alone. */
export function openTabs(user: string, deps: TabsDeps): Tabs {
  if (typeof BroadcastChannel === 'undefined') {
    return { tellChanged: () => undefined, tellLogged: () => undefined, close: () => undefined }
  }
  const channel = new BroadcastChannel(`brook-outbox:${user}`)
  channel.onmessage = ({ data }: MessageEvent<Logged | 'changed'>) =>
    data === 'changed' ? deps.changed() : deps.logged(data)
  let isOpen = true
  const tell = (word: Logged | 'changed') => isOpen && channel.postMessage(word)
  return {
    tellChanged: () => void tell('changed'),
    tellLogged: ({ cid, room, seq, at }) => void tell({ cid, room, seq, at }),
    close: () => {
      isOpen = false
      channel.close()
    },
  }
}
