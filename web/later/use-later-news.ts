// Tells, wherever one is, that a scheduled message could not be sent, of which nothing is lost, and that a reminder has come.
import { computed, watch, type ComputedRef } from 'vue'
import { useRooms } from '../rooms/rooms.ts'
import { roomName } from '../ui/room-kinds.ts'
import { tellNews, tellRefused } from '../ui/notify.ts'
import type { RefusalCode } from '../wire/refusal.ts'
import { isolate } from '../words/say.ts'
import { t } from '../words/words.ts'
import { useLater } from './later.ts'
import { useReminders } from './reminders.ts'
import { sayUnsent } from './say-unsent.ts'

/** How much is planned, and how much of it waits for the reader. */
export function useLaterNews(): ComputedRef<{ all: number; waiting: number }> {
  const later = useLater()
  const rooms = useRooms()
  watch(
    () => later.refused,
    (one) => {
      if (!one?.refusal) return
      const why = sayUnsent(one.refusal.code as RefusalCode)
      const room = rooms.byId(one.room)
      tellRefused(
        room === undefined
          ? t('later.unsent', { why })
          : t('later.unsentIn', { room: isolate(roomName(room)), why }),
      )
    },
  )
  const reminders = useReminders()
  watch(
    () => reminders.came,
    (due) => {
      const room = due && rooms.byId(due.room)
      if (due)
        tellNews(room === undefined ? t('later.came') : t('later.cameIn', { room: isolate(roomName(room)) }))
    },
  )
  return computed(() => ({
    all: later.scheduled.length + reminders.reminders.length,
    waiting: later.refusedOnes + reminders.due,
  }))
}
