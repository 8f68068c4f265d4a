// What a room's screen has besides its conversation: members, pins, the reader's place. The page provides it once;
// head, people, pins and dialogs inject it.
import { inject, provide, type InjectionKey } from 'vue'
import type { DensityAnswer } from '../../server/protocol/moments.ts'
import type { Right } from '../../server/protocol/rights.ts'
import type { OpenedRoom } from './open/opened-room.ts'

type OfRoom = 'members' | 'membersStatus' | 'memberTotal' | 'pins' | 'pinsStatus' | 'completeUpTo'
type AskedOfRoom = 'loadPins' | 'loadMoreMembers' | 'markRead' | 'retry'

/** Reactive. */
export interface RoomViewModel extends Pick<OpenedRoom, OfRoom | AskedOfRoom> {
  /** A text about the reader's place. */
  placeWords: string | undefined
  endPlaceWords: () => void
  /** The number of the message at the top of the list, while the reader is not at the newest. */
  placeSeq: number | undefined
  /** The number of messages in each month. */
  months: DensityAnswer['parts']
  /** Shows message `seq`. */
  goTo: (seq: number) => void
  /** Another room has unread messages. */
  unreadElsewhere: boolean
  /** Open reports of this room that the reader may handle. */
  reports: number
  /** The people pane is beside the room, if there is width for it. */
  isPeopleWanted: boolean
  isThreadOpen: boolean
  closeThread: () => void
  joining: boolean
  join: () => void
  /** An archived room is used again. */
  restore: () => void
  may: (right: Right) => boolean
}

const roomView: InjectionKey<RoomViewModel> = Symbol('roomView')

export const provideRoomView = (view: RoomViewModel): void => provide(roomView, view)

export function useRoomView(): RoomViewModel {
  const view = inject(roomView)
  if (view === undefined) throw new Error('No page above this component provides a room.')
  return view
}
