// What a push message says to the service worker of a device (web/worker). Its encrypted form has at most 4,096 bytes.

interface Badged {
  /** How much this person has to do: the number on the app's icon. Of a test: missing. */
  badge?: number
}

/** Something new in a room, or a summary; it takes the place of what is shown under the same `tag`. */
export interface ShownPush extends Badged {
  type: 'show'
  /** The notification, or the last one of a summary: what is at least as new is not shown again. */
  id: string
  tag: string
  title: string
  body: string
  /** A path of the app. */
  link: string
  /** When it was said, ms since 1970. */
  at: number
  /** Of a summary: none. */
  room?: string
  roomName?: string
  seq?: number
  thread?: number
}

/** What was shown under this tag was read elsewhere, up to this notification. */
export interface GonePush extends Badged {
  type: 'gone'
  tag: string
  id: string
}

export type PushPayload = ShownPush | GonePush

export const tagOfRoom = (room: string): string => `room-${room}`
export const summaryTag = 'summary'
