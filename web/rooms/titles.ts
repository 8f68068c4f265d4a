// What the tab is called on each page.
import type { RouteRecordNameGeneric } from 'vue-router'
import { t, type Word } from '../words/words.ts'

const pages: Readonly<Record<string, Word>> = {
  search: 'search.title',
  inbox: 'inbox.title',
  mentions: 'mentions.title',
  threads: 'thread.list',
  saved: 'saved.title',
  later: 'later.title',
  directory: 'directory.title',
  people: 'profile.people',
  groups: 'groups.title',
  emoji: 'ownEmoji.title',
  admin: 'admin.title',
  security: 'security.title',
  account: 'you.title',
  notifications: 'alerts.title',
  shared: 'shared.title',
}

/** Undefined: nothing but the product's own name. `room`: the one on screen, if it is one. */
export function titleOf(
  page: RouteRecordNameGeneric,
  room: { name: string } | undefined,
): string | undefined {
  // The sections of the administration have their names after its own.
  const [name = ''] = String(page).split('-')
  const word = pages[name]
  return word === undefined ? room?.name : t(word)
}
