// What a notice says, in English: for the terminal and for files.
import type { NoticeMessage } from '../protocol/http.ts'
import type { Role } from '../protocol/people.ts'

const asWhat: Record<Role, string> = { owner: 'an owner', moderator: 'a moderator', member: 'a member' }

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
    case 'revisions':
      return `${user.name} changed who may read earlier versions of messages: ${notice.revisions}`
    case 'name':
      return `${user.name} renamed the room: ${notice.name}`
    case 'visibility':
      return `${user.name} made the room ${notice.visibility}`
    case 'speak':
      return `${user.name} changed who may write here: ${notice.speak}`
    case 'slowMs':
      return notice.slowMs === 0
        ? `${user.name} turned slow mode off`
        : `${user.name} turned slow mode on: one message every ${notice.slowMs / 1_000} s`
    case 'retentionDays':
      return notice.retentionDays === 0
        ? `${user.name} turned off the deletion of old messages in this room`
        : `${user.name} set messages to be deleted after ${notice.retentionDays} days`
    case 'linkCards':
      return `${user.name} turned link previews ${notice.linkCards ? 'on' : 'off'}`
    case 'archived':
      return `${user.name} ${notice.archived ? 'archived' : 'restored'} the room`
    case 'picture':
      return `${user.name} ${notice.picture === '' ? 'removed' : 'changed'} the picture of the room`
    case 'deleted':
      return `${user.name} deleted the room`
    case 'undeleted':
      return `${user.name} restored the deleted room`
    case 'asked_private':
      return `${user.name} suggested turning this conversation into a private room: ${notice.name}`
    case 'kept_direct':
      return `${user.name} would rather keep this conversation as it is`
    case 'made_private':
      return `This conversation is a private room now: ${notice.name}`
    case 'lost':
      return `${notice.to - notice.from + 1} entries of this room were lost when the stores were restored`
    case 'removed':
      return `${user.name} removed ${notice.person.name}`
    case 'role':
      if (notice.own !== undefined)
        return `${user.name} handed the room over to ${notice.person.name} and is ${asWhat[notice.own]} now`
      return user.id === notice.person.id
        ? `${user.name} is ${asWhat[notice.role]} now`
        : `${user.name} made ${notice.person.name} ${asWhat[notice.role]}`
  }
}
