// The HTTP calls about what is to happen later: scheduled messages and reminders. Each returns its answer or a Refusal, and never throws.
import type {
  RescheduleBody,
  ScheduleBody,
  Scheduled,
  ScheduledAnswer,
} from '../../server/protocol/scheduled.ts'
import type { RemindBody, RemindersAnswer } from '../../server/protocol/reminders.ts'
import { request } from './http.ts'

export const listScheduled = () => request<ScheduledAnswer>({ method: 'GET', path: '/scheduled' })
/** Null: the one with this cid has been sent or deleted since. */
export const scheduleMessage = (body: ScheduleBody) =>
  request<Scheduled | null>({ method: 'POST', path: '/scheduled', body })
export const changeScheduled = (id: string, body: RescheduleBody) =>
  request<Scheduled>({ method: 'PATCH', path: `/scheduled/${id}`, body })
export const deleteScheduled = (id: string) =>
  request<undefined>({ method: 'DELETE', path: `/scheduled/${id}` })

export const listReminders = () => request<RemindersAnswer>({ method: 'GET', path: '/reminders' })
export const remindOf = (body: RemindBody) => request<undefined>({ method: 'POST', path: '/reminders', body })
/** Cancels it, or puts it away. */
export const endReminder = (id: string) => request<undefined>({ method: 'DELETE', path: `/reminders/${id}` })
