// Which routes have the place of a room, by the first part of their names.

/** The routes that are shown in the place of a room; on a phone every other route is the list. */
export const pages = [
  'room',
  'thread',
  'past',
  'search',
  'inbox',
  'mentions',
  'threads',
  'saved',
  'later',
  'directory',
  'people',
  'groups',
  'emoji',
  'security',
  'notifications',
  'account',
  'admin',
  'files',
  'shared',
]
