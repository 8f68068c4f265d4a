// Who may ask what: the authorisation matrix, declared, for authorisation.test.ts. A route is in one row, or in one for private
// and one for public rooms.
import { formatCursor, noCursor } from '../../server/bot/cursor.ts'
import type { FrameName } from '../support/frames.ts'
import {
  author,
  authorOrModerator,
  everybody,
  moderators,
  newcomers,
  noBots,
  outsidePrivate,
  outsidePublic,
  signedIn,
  type Cells,
  type Row,
} from '../support/cells.ts'
import type { RoomName } from '../support/stage.ts'
import { inRooms } from './authorisation-rooms.ts'

const onlyAdmins = signedIn('not_found', { 'admin adminOutside': '+' })

const elsewhere: readonly Row[] = [
  {
    cells: everybody('+'),
    routes: [
      'GET /healthz',
      'GET /readyz',
      'GET /metrics',
      // Pages for browsers: what is wrong is in the address to which they lead.
      'GET /api/oidc/start',
      'GET /api/oidc/callback',
    ],
  },
  // The web app and the documentation are nobody's secret.
  {
    cells: everybody('+'),
    routes: [
      'GET /*',
      'GET /manifest.webmanifest',
      'POST /share',
      'GET /api/workspace/icon',
      'GET /api/docs',
      'GET /api/docs/json',
      'GET /api/docs/yaml',
      'GET /api/docs/static/index.html',
    ],
  },
  { cells: everybody('+'), routes: ['GET /api/docs/static/swagger-initializer.js'] },
  { cells: everybody('not_found'), routes: ['GET /api/docs/static/*'] },
  // The address is the secret: without it nobody is anybody.
  {
    cells: everybody('no_service'),
    routes: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /api/hooks/:hook/:secret`),
  },
  // Coming in. Whoever is in may make a second account, as everybody.
  { cells: everybody('invite_needed', { invited: '+', banned: 'banned' }), routes: ['POST /api/users'] },
  { cells: everybody('no_guests', { banned: 'banned' }), routes: ['POST /api/guests'] },
  { cells: everybody('wrong_password'), routes: ['POST /api/session'] },
  { cells: everybody('ticket_over', { halfway: 'wrong_code' }), routes: ['POST /api/session/second-factor'] },
  {
    cells: everybody('device_over', { banned: 'banned' }),
    routes: ['POST /api/device-links/open', 'POST /api/device-links/enter'],
  },
  {
    cells: signedIn('+', noBots),
    routes: ['POST /api/device-links', 'GET /api/device-links/:link', 'DELETE /api/device-links/:link'],
  },
  { cells: signedIn('device_over', noBots), routes: ['POST /api/device-links/:link/confirm'] },
  { cells: signedIn('not_found', noBots), routes: ['PATCH /api/sessions/:session'] },
  { cells: everybody('invite_over', { banned: 'banned' }), routes: ['POST /api/owner'] },
  {
    cells: everybody('reset_over', { banned: 'banned' }),
    routes: ['POST /api/reset/person', 'POST /api/reset'],
  },
  { cells: everybody('+', { banned: 'banned' }), routes: ['POST /api/mail/forgot'] },
  { cells: everybody('mail_domain', { banned: 'banned' }), routes: ['POST /api/mail/join'] },
  {
    cells: everybody('mail_over', { banned: 'banned' }),
    routes: ['POST /api/mail/link', 'POST /api/mail/confirm', 'POST /api/mail/enter'],
  },
  // Whoever has the link turns mails off: also somebody who is banned.
  { cells: everybody('mail_over'), routes: ['POST /api/mail/off/:code'] },
  { cells: everybody('+'), routes: ['GET /api/mail/off/:code'] },
  // Of one's own; whoever cannot prove who they are changes nothing.
  { cells: signedIn('+', noBots), routes: ['GET /api/me/mail', 'PUT /api/me/mail/language'] },
  {
    cells: signedIn('wrong_password', { guest: 'password_needed', ...noBots }),
    routes: ['PUT /api/me/mail', 'DELETE /api/me/mail'],
  },
  {
    cells: everybody('ticket_over', { banned: 'banned' }),
    routes: ['POST /api/oidc/person', 'POST /api/oidc/account'],
  },
  // Nobody is there who could say who it is, a ban or not.
  { cells: everybody('oidc_away'), routes: ['POST /api/ldap'] },
  { cells: everybody('+', { banned: 'banned' }), routes: ['GET /api/workspace', 'GET /api/invites/:invite'] },
  { cells: everybody('asking_off', { banned: 'banned' }), routes: ['POST /api/requests'] },
  { cells: everybody('request_over', { banned: 'banned' }), routes: ['POST /api/requests/state'] },
  { cells: everybody('+', { banned: 'banned' }), routes: ['POST /api/requests/withdraw'] },
  // The stage has no name that a passkey could belong to.
  {
    cells: everybody('no_passkeys_here'),
    routes: ['POST /api/session/passkey/options', 'POST /api/session/passkey'],
  },
  { cells: everybody('ticket_over', { halfway: '+' }), routes: ['POST /api/session/second-factor/ways'] },
  {
    cells: signedIn('no_passkeys_here', { needsFactor: 'no_passkeys_here', ...noBots }),
    routes: ['POST /api/security/passkeys/options', 'POST /api/security/passkeys'],
  },
  {
    cells: signedIn('not_found', { needsFactor: 'not_found', ...noBots }),
    routes: ['PATCH /api/security/passkeys/:passkey'],
  },
  {
    cells: signedIn('not_found', { needsFactor: 'not_found', guest: 'password_needed', ...noBots }),
    routes: ['DELETE /api/security/passkeys/:passkey'],
  },
  // Of whoever asks.
  { cells: everybody('+', { former: 'signed_out' }), routes: ['GET /api/session'] },
  { cells: everybody('+', noBots), routes: ['DELETE /api/session'] },
  {
    cells: signedIn('has_password', { guest: '+', ...noBots }),
    routes: ['PUT /api/session/password'],
  },
  { cells: signedIn('not_found', noBots), routes: ['DELETE /api/sessions/:session'] },
  {
    cells: signedIn('+', { needsFactor: '+', ...noBots }),
    routes: ['GET /api/security'],
  },
  {
    cells: signedIn('+', { needsFactor: '+', guest: 'password_needed', ...noBots }),
    routes: ['POST /api/security/totp'],
  },
  {
    cells: signedIn('no_second_factor', {
      needsFactor: 'no_second_factor',
      guest: 'password_needed',
      'admin adminOutside': '+',
      ...noBots,
    }),
    routes: ['POST /api/security/recovery-codes', 'DELETE /api/security/totp'],
  },
  {
    cells: signedIn('ticket_over', { needsFactor: 'ticket_over', ...noBots }),
    routes: ['PUT /api/security/totp'],
  },
  {
    cells: signedIn('oidc_away', { guest: 'password_needed', ...noBots }),
    routes: ['POST /api/security/provider'],
  },
  {
    cells: signedIn('+', { guest: 'password_needed', ...noBots }),
    routes: ['DELETE /api/security/provider'],
  },
  {
    cells: signedIn('+', noBots),
    routes: [
      'POST /api/invites/:invite/join',
      'GET /api/me',
      'GET /api/me/export',
      'GET /api/me/sections',
      'POST /api/me/sections',
      'GET /api/me/notifications',
      'PUT /api/me/notifications',
      'GET /api/inbox',
      'GET /api/inbox/marks',
      // What is somebody else's is passed over.
      'POST /api/inbox/done',
      'DELETE /api/me/note',
      'GET /api/reports/answers',
      'DELETE /api/reports/answers/:case',
      'GET /api/reports/open',
    ],
  },
  // Whoever's it is has none.
  { cells: signedIn('not_found'), routes: ['GET /api/people/:person/avatar'] },
  { cells: signedIn('bad_image'), routes: ['PUT /api/me/avatar'] },
  { cells: signedIn('+'), routes: ['DELETE /api/me/avatar'] },
  { cells: signedIn('+', noBots), routes: ['PATCH /api/me profile'] },
  { cells: everybody('not_found', { banned: 'banned' }), routes: ['GET /api/workspace/picture'] },
  {
    cells: { ...onlyAdmins, admin: 'bad_image', adminOutside: 'bad_image' },
    routes: ['PUT /api/workspace/picture'],
  },
  // Whom the stage names is no bot.
  {
    cells: { ...onlyAdmins, admin: 'no_such_person', adminOutside: 'no_such_person' },
    routes: ['PUT /api/admin/bots/:user/avatar', 'DELETE /api/admin/bots/:user/avatar'],
  },
  // Without the password that everybody but a guest has.
  {
    cells: signedIn('wrong_password', { guest: '+', ...noBots }),
    routes: ['PATCH /api/me name', 'DELETE /api/me'],
  },
  // A case about the owner of a room: its moderators handle it, and administrators.
  {
    cells: signedIn('not_found', { 'moderator admin adminOutside': '+', ...noBots }),
    routes: ['POST /api/cases/:case/handle'],
  },
  // It is nobody's message that was held.
  { cells: signedIn('not_found', noBots), routes: ['POST /api/cases/:case/withdraw'] },
  { cells: signedIn('+', noBots), routes: ['GET /api/push', 'DELETE /api/push/subscriptions'] },
  { cells: signedIn('bad_push_url', noBots), routes: ['POST /api/push/subscriptions'] },
  { cells: signedIn('no_push_here', noBots), routes: ['POST /api/push/test'] },
  { cells: signedIn('+', newcomers), routes: ['POST /api/rooms'] },
  // Notes to oneself, which everybody may have.
  { cells: signedIn('+', noBots), routes: ['POST /api/directs'] },
  {
    cells: signedIn('+', noBots),
    routes: ['GET /api/blocks', 'PUT /api/blocks/:user', 'DELETE /api/blocks/:user'],
  },
  {
    cells: signedIn('+'),
    routes: [
      'GET /api/people',
      'GET /api/people/:person',
      'GET /api/directory',
      'GET /api/groups',
      'GET /api/emoji',
      'GET /api/groups/:group',
      'GET /api/rooms',
      'GET /api/sessions',
      'GET /api/mentions',
      'GET /api/threads',
      'GET /api/threads/marks',
      'GET /api/saved',
      'GET /api/me/files',
      'GET /api/saved/marks',
      'GET /api/scheduled',
      'DELETE /api/scheduled/:id',
      'GET /api/reminders',
      'GET /api/me/seen',
      'PUT /api/me/seen',
      'GET /api/me/link-cards',
      'PUT /api/me/link-cards',
      'DELETE /api/reminders/:id',
      'GET /api/search',
      'GET /api/commands',
    ],
  },
  // A room that is not theirs, and what somebody else has scheduled.
  {
    cells: signedIn('not_found'),
    routes: ['POST /api/reminders', 'POST /api/scheduled', 'PATCH /api/scheduled/:id'],
  },
  {
    cells: signedIn('not_found', noBots),
    routes: ['POST /api/inbox/undo'],
  },
  {
    cells: signedIn('no_such_section', noBots),
    routes: ['PATCH /api/me/sections/:section', 'DELETE /api/me/sections/:section'],
  },
  // As the workspace begins: administrators add emoji. What they may do there is in custom-emoji.test.ts; here nobody sends one.
  { cells: signedIn('no_emoji_right', { 'admin adminOutside': 'bad_image' }), routes: ['POST /api/emoji'] },
  {
    cells: signedIn('not_found'),
    routes: ['GET /api/emoji/:custom/image', 'PATCH /api/emoji/:custom', 'DELETE /api/emoji/:custom'],
  },
  // As the workspace begins: administrators make groups.
  {
    cells: signedIn('no_group_right', { 'admin adminOutside': '+' }),
    routes: [
      'POST /api/groups',
      'PATCH /api/groups/:group',
      'DELETE /api/groups/:group',
      'POST /api/groups/:group/members',
      'PUT /api/groups/:group/members/:user',
      'DELETE /api/groups/:group/members/:user',
    ],
  },
  {
    cells: signedIn('only_bots', { 'bot botOutside': '+' }),
    routes: ['GET /api/bots/me/entries', 'GET /api/bots/me/cursor', 'PUT /api/bots/me/cursor'],
  },
  // For administrators; to everybody else they are not there.
  // Nobody on the stage has a file; tus wants headers that a sample request has not.
  {
    cells: signedIn('not_found'),
    routes: [
      'GET /api/files/:id',
      'GET /api/files/:id/content',
      'GET /api/files/:id/preview',
      'PATCH /api/files/:id',
    ],
  },
  { cells: signedIn('bad_request'), routes: ['POST /api/files', 'DELETE /api/files/:id'] },
  {
    cells: onlyAdmins,
    routes: [
      'GET /api/admin/storage',
      'PATCH /api/admin/storage',
      'GET /api/admin/backups',
      'PATCH /api/workspace',
      'DELETE /api/workspace/picture',
      'POST /api/invites',
      'GET /api/invites',
      'DELETE /api/invites/:invite',
      'POST /api/admin/bans',
      'GET /api/admin/bans',
      'DELETE /api/admin/bans/:ban',
      'GET /api/admin/people',
      'DELETE /api/admin/people/:user/sessions',
      'GET /api/admin/audit',
      'GET /api/admin/audit/export',
      'GET /api/admin/security',
      'PUT /api/admin/security',
      'POST /api/admin/people/:person/reset',
      'GET /api/admin/sync',
      'GET /api/admin/pipeline',
      'POST /api/admin/erasings',
      'GET /api/admin/erasings',
      'DELETE /api/admin/erasings/:erasing',
      'GET /api/admin/rooms',
      'POST /api/admin/rooms/:deleted/restore',
      'PATCH /api/admin/people/:user',
      'GET /api/admin/reports',
      'GET /api/admin/requests',
      'GET /api/admin/rules',
      'POST /api/admin/rules',
      'PATCH /api/admin/rules',
      'DELETE /api/admin/rules/:rule',
      'GET /api/admin/link-cards',
      'PATCH /api/admin/link-cards',
    ],
  },
  {
    cells: { ...onlyAdmins, admin: 'no_sync', adminOutside: 'no_sync' },
    routes: ['POST /api/admin/sync/now'],
  },
  {
    cells: { ...onlyAdmins, admin: 'no_backups', adminOutside: 'no_backups' },
    routes: ['POST /api/admin/backups'],
  },
  {
    cells: { ...onlyAdmins, admin: 'request_over', adminOutside: 'request_over' },
    routes: ['POST /api/admin/requests/:request/accept', 'POST /api/admin/requests/:request/decline'],
  },
  // An upgrade; without one, there is nothing. What its frames may is below.
  { cells: signedIn('not_found'), routes: ['GET /api/ws'] },
]

export const table: readonly Row[] = [...inRooms, ...elsewhere]

/** What is asked of a route besides the least that its schema needs; by a word, where it has several rights. */
export const variants: Record<string, Record<string, { body?: object; query?: Record<string, string> }>> = {
  'PATCH /api/me': { name: { body: { name: 'somebody else' } }, profile: { body: { title: 'gardener' } } },
  'PATCH /api/rooms/:room': { topic: { body: { topic: 'tea' } }, settings: { body: { slowMs: 0 } } },
  'PATCH /api/workspace': { '': { body: { name: 'Brook' } } },
  'POST /api/mail/forgot': { '': { body: { address: 'nobody@example.org' } } },
  'POST /api/mail/join': { '': { body: { address: 'nobody@example.org' } } },
  'POST /api/admin/bans': { '': { body: { address: '198.51.100.8' } } },
  'POST /api/admin/rules': { '': { body: { kind: 'host', text: 'spam.example', does: 'refuse' } } },
  'PATCH /api/admin/link-cards': { '': { body: { on: true } } },
  'PUT /api/rooms/:room/owner': { '': { body: { user: '999999999' } } },
  'POST /api/rooms/:room/members': { '': { body: { name: 'target' } } },
  'PATCH /api/rooms/:room/members/me': { '': { body: { favourite: true } } },
  'POST /api/inbox/done': { '': { body: { ids: [1] } } },
  'POST /api/me/sections': { '': { body: { name: 'Product' } } },
  'PATCH /api/me/sections/:section': { '': { body: { folded: true } } },
  'POST /api/emoji': { '': { query: { name: 'parrot' } } },
  'PATCH /api/emoji/:custom': { '': { body: { name: 'parrot' } } },
  'POST /api/groups/:group/members': { '': { body: { name: 'target' } } },
  'PUT /api/bots/me/cursor': { '': { body: { cursor: formatCursor(noCursor) } } },
  'DELETE /api/me': { '': { body: { messages: 'keep' } } },
  'POST /api/cases/:case/handle': { '': { body: { acts: [] } } },
  'POST /api/reminders': { '': { body: { room: '999999999', at: Date.now() + 3_600_000 } } },
  'POST /api/scheduled': { '': { body: { room: '999999999' } } },
  'GET /api/search': { '': { query: { q: 'hello' } } },
}

const silentOutside = { 'outsider roomBanned adminOutside botOutside': 'nothing' }
const inBoth = (cells: Cells): Record<RoomName, Cells> => ({ private: cells, public: cells })
const membersOnly = { private: signedIn('+', outsidePrivate), public: signedIn('+', outsidePublic) }

/** The frames of a socket; `command` is each of the slash commands. `nothing`: dropped, or nothing is sent for it. */
export const frames: Record<FrameName, Record<RoomName, Cells>> = {
  resume: inBoth(signedIn('+', silentOutside)),
  typing: inBoth(signedIn('+', silentOutside)),
  read: membersOnly,
  send: membersOnly,
  react: membersOnly,
  command: membersOnly,
  edit: {
    private: signedIn('+', { ...outsidePrivate, ...author }),
    public: signedIn('+', { ...outsidePublic, ...author }),
  },
  delete: {
    private: signedIn('+', { ...outsidePrivate, ...authorOrModerator }),
    public: signedIn('+', { ...outsidePublic, ...authorOrModerator }),
  },
  pin: {
    private: signedIn('+', outsidePrivate),
    public: signedIn('+', { ...outsidePublic, ...moderators }),
  },
}
