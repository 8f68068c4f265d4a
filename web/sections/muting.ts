// Muting a room, and what one is told of it. What is muted can be undone for some seconds, as everything that a click does.
import type { MemberSettingsBody } from '../../server/protocol/member-setting-fields.ts'
import { untilTurnedOff } from '../../server/protocol/member-settings.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { useRooms } from '../rooms/rooms.ts'
import { timeNamed } from '../times/times.ts'
import { tellRefused, tellUndoable } from '../ui/notify.ts'
import { roomName } from '../ui/room-kinds.ts'
import { sayRefusal } from '../words/refused.ts'
import { isolate, useSay } from '../words/say.ts'

export const muteChoices = ['hour', 'tomorrow', 'forever'] as const
export type MuteChoice = (typeof muteChoices)[number]

/** When a mute ends that is chosen at `now`. */
export const muteEnd = (choice: MuteChoice, now = new Date()): number =>
  choice === 'forever' ? untilTurnedOff : timeNamed(choice, now)

export function useMuting() {
  const rooms = useRooms()
  const { t, dayTime, time } = useSay()

  async function tune(room: RoomSummary, settings: MemberSettingsBody): Promise<boolean> {
    const refused = await rooms.tune(room, settings)
    if (refused !== undefined) tellRefused(sayRefusal(refused))
    return refused === undefined
  }

  async function setMute(room: RoomSummary, mutedUntil: number | null): Promise<void> {
    const { mutedUntil: before = null } = room
    const name = isolate(roomName(room))
    if (!(await tune(room, { mutedUntil }))) return
    const undo = () => void tune(room, { mutedUntil: before })
    tellUndoable(t(mutedUntil === null ? 'notify.isUnmuted' : 'notify.isMuted', { room: name }), [{ undo }])
  }

  /** "Muted until 14:00"; the room is muted. */
  const mutedWords = ({ mutedUntil = 0 }: Pick<RoomSummary, 'mutedUntil'>): string =>
    mutedUntil === untilTurnedOff ? t('notify.muted') : t('notify.mutedUntil', { when: dayTime(mutedUntil) })

  /** "Until tomorrow, 09:00" */
  const lasting = (choice: MuteChoice): string =>
    t(`notify.lasting.${choice}`, { time: time(timeNamed('tomorrow', new Date())) })

  return {
    tune,
    mutedWords,
    lasting,
    mute: (room: RoomSummary, choice: MuteChoice) => setMute(room, muteEnd(choice)),
    unmute: (room: RoomSummary) => setMute(room, null),
  }
}
