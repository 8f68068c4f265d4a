// What a notice says, in English: for the terminal and for files.
import type { NoticeMessage } from '../protocol/http.ts'

export function noticeWords({ user, notice }: NoticeMessage): string {
  switch (notice.kind) {
    case 'created':
      return `${user.name} created the room`
    case 'joined':
      return `${user.name} joined`
    case 'left':
      return `${user.name} left`
    case 'added':
      return `${user.name} added ${notice.person.name}`
    case 'topic':
      return `${user.name} set the topic: ${notice.topic}`
  }
}
