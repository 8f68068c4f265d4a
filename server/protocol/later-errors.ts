// The part of errors.ts that is about what is to happen later: scheduled messages, reminders, and what is forwarded.

export const laterErrors = {
  bad_schedule: {
    status: 400,
    retry: false,
    words: 'A message can be scheduled for a time from now until a year ahead.',
  },
  too_many_scheduled: {
    status: 409,
    retry: false,
    words: 'You already have 100 scheduled messages. Send or delete one first.',
  },
  bad_forward: {
    status: 400,
    retry: false,
    words: 'The message to forward does not exist, or you do not have access to it.',
  },
  bad_reminder: {
    status: 400,
    retry: false,
    words: 'A reminder can be set for a time from now until a year ahead.',
  },
  too_many_reminders: {
    status: 409,
    retry: false,
    words: 'You already have 50 reminders. Cancel one first.',
  },
  being_sent: {
    status: 409,
    retry: false,
    words: 'This message is being sent at this moment. It can no longer be changed.',
  },
} as const satisfies Record<string, { status: number; retry: boolean; words: string }>
