// Where the system opens the installed app: by a shortcut, or by a link of its own scheme.
import type { RouteLocationRaw, RouteLocation } from 'vue-router'
import { newMessage } from '../directs/dialogs.ts'
import { tellRefused } from '../ui/notify.ts'
import { isolate } from '../words/isolate.ts'
import { t } from '../words/words.ts'
import { openLink } from './link.ts'

/** The dialog of a new message, over whatever is there. */
export function openNewMessage(): RouteLocationRaw {
  newMessage.value = { with: [] }
  return { name: 'home' }
}

export function openWebLink({ query }: RouteLocation): RouteLocationRaw {
  const opened = openLink(String(query['link']), location.host)
  if (opened === 'unreadable') tellRefused(t('installed.badLink'))
  else if ('elsewhere' in opened) tellRefused(t('installed.elsewhere', { host: isolate(opened.elsewhere) }))
  else return opened.path
  return { name: 'home' }
}
