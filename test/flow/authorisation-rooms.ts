// The rows of the authorisation matrix whose address names a room, for private and public rooms.
import {
  author,
  authorOrModerator,
  moderators,
  newcomers,
  noBots,
  outsidePrivate,
  outsidePublic,
  owners,
  signedIn,
  type Row,
} from '../support/cells.ts'

const readable = [
  'GET /api/rooms/:room',
  'GET /api/rooms/:room/members',
  'GET /api/rooms/:room/messages',
  'GET /api/rooms/:room/files',
  'GET /api/rooms/:room/changes',
  'GET /api/rooms/:room/pins',
  'GET /api/rooms/:room/messages/:seq/revisions',
  'GET /api/rooms/:room/at',
  'GET /api/rooms/:room/density',
  'GET /api/rooms/:room/threads/:root/messages',
  'PUT /api/saved/:room/:seq',
]
const forMembers = [
  'GET /api/rooms/:room/export',
  'POST /api/rooms/:room/messages',
  'PUT /api/rooms/:room/messages/:seq/reactions/:emoji',
  'DELETE /api/rooms/:room/messages/:seq/reactions/:emoji',
  'POST /api/rooms/:room/polls',
  'PUT /api/rooms/:room/polls/:seq/vote',
  'GET /api/rooms/:room/polls/:seq/vote',
  'GET /api/rooms/:room/polls/votes',
  'PUT /api/rooms/:room/threads/:root/follow',
  'DELETE /api/rooms/:room/threads/:root/follow',
  'PUT /api/rooms/:room/threads/:root/read',
  'POST /api/rooms/:room/commands',
  'GET /api/rooms/:room/messages/:seq/seen',
  'PATCH /api/rooms/:room/members/me',
]
const pins = ['PUT /api/rooms/:room/pins/:seq', 'DELETE /api/rooms/:room/pins/:seq']
const roles = [
  'PUT /api/rooms/:room/members/:user',
  'PATCH /api/rooms/:room settings',
  'DELETE /api/rooms/:room/picture',
]
/** With no picture. */
const picture = ['PUT /api/rooms/:room/picture']
const hookFace = ['PUT /api/rooms/:room/hooks/incoming/:hook/avatar']
const removing = [
  'DELETE /api/rooms/:room/members/:user',
  'GET /api/rooms/:room/bans',
  'PUT /api/rooms/:room/bans/:user',
  'DELETE /api/rooms/:room/bans/:user',
]
const hooks = [
  'GET /api/rooms/:room/hooks',
  'POST /api/rooms/:room/hooks/incoming',
  'PATCH /api/rooms/:room/hooks/incoming/:hook',
  'POST /api/rooms/:room/hooks/incoming/:hook/secret',
  'DELETE /api/rooms/:room/hooks/incoming/:hook/avatar',
  'DELETE /api/rooms/:room/hooks/incoming/:hook',
  'POST /api/rooms/:room/hooks/outgoing',
  'DELETE /api/rooms/:room/hooks/outgoing/:hook',
  'PATCH /api/rooms/:room/hooks/outgoing/:hook',
  'POST /api/rooms/:room/hooks/outgoing/:hook/replay',
]
const leaving = ['DELETE /api/rooms/:room/members/me']
const joining = ['PUT /api/rooms/:room/members/me']
const adding = ['POST /api/rooms/:room/members']
const topic = ['PATCH /api/rooms/:room topic']
const editing = ['PATCH /api/rooms/:room/messages/:seq']
const deleting = [
  'DELETE /api/rooms/:room/messages/:seq',
  'POST /api/rooms/:room/polls/:seq/close',
  'POST /api/rooms/:room/messages/:seq/cards/removed',
]
const pictures = ['GET /api/rooms/:room/messages/:seq/cards/:hash']
const reporting = ['POST /api/rooms/:room/messages/:seq/reports']
const reports = ['GET /api/rooms/:room/reports']
const closing = ['PUT /api/directs/:room/closed', 'DELETE /api/directs/:room/closed']
const conversion = '/api/directs/:room/conversion'
const unsaving = ['DELETE /api/saved/:room/:seq']

export const inRooms: readonly Row[] = [
  {
    room: 'private',
    cells: signedIn('+', outsidePrivate),
    routes: [...readable, ...forMembers, ...pins, ...leaving],
  },
  { room: 'public', cells: signedIn('+', { roomBanned: 'not_found' }), routes: readable },
  { room: 'public', cells: signedIn('+', outsidePublic), routes: forMembers },
  // Leaving what one is not in is leaving what is not there.
  { room: 'public', cells: signedIn('+', outsidePrivate), routes: leaving },
  // Whoever is banned from a room was told so.
  { room: 'private', cells: signedIn('+', { ...outsidePrivate, roomBanned: 'banned' }), routes: joining },
  { room: 'public', cells: signedIn('+', { roomBanned: 'banned' }), routes: joining },
  { room: 'private', cells: signedIn('+', { ...outsidePrivate, ...newcomers }), routes: topic },
  { room: 'public', cells: signedIn('+', { ...outsidePublic, ...newcomers }), routes: topic },
  {
    room: 'private',
    cells: signedIn('+', { ...outsidePrivate, ...newcomers, 'member bot': 'not_allowed' }),
    routes: adding,
  },
  { room: 'public', cells: signedIn('+', { ...outsidePublic, ...newcomers }), routes: adding },
  { room: 'private', cells: signedIn('+', { ...outsidePrivate, ...owners }), routes: [...roles, ...hooks] },
  { room: 'public', cells: signedIn('+', { ...outsidePublic, ...owners }), routes: roles },
  {
    room: 'private',
    cells: signedIn('bad_image', { ...outsidePrivate, ...owners }),
    routes: [...picture, ...hookFace],
  },
  { room: 'public', cells: signedIn('bad_image', { ...outsidePublic, ...owners }), routes: picture },
  {
    room: 'public',
    cells: signedIn('bad_image', { ...outsidePublic, ...owners, adminOutside: 'bad_image' }),
    routes: hookFace,
  },
  // It has none.
  { room: 'private', cells: signedIn('not_found'), routes: ['GET /api/rooms/:room/picture'] },
  { room: 'public', cells: signedIn('not_found'), routes: ['GET /api/rooms/:room/picture'] },
  // Whoever counts as an owner only as an administrator has nothing to give away; nobody on the stage is named.
  {
    room: 'private',
    cells: signedIn('not_allowed', { ...outsidePrivate, owner: 'no_such_member' }),
    routes: ['PUT /api/rooms/:room/owner'],
  },
  {
    room: 'public',
    cells: signedIn('not_allowed', { ...outsidePublic, owner: 'no_such_member' }),
    routes: ['PUT /api/rooms/:room/owner'],
  },
  // An administrator manages the webhooks of every room that they see.
  { room: 'public', cells: signedIn('+', { ...outsidePublic, ...owners, adminOutside: '+' }), routes: hooks },
  // Nobody on the stage types its name.
  {
    room: 'private',
    cells: signedIn('wrong_room_name', { ...outsidePrivate, ...owners }),
    routes: ['POST /api/rooms/:room/deletion'],
  },
  {
    room: 'public',
    cells: signedIn('wrong_room_name', { ...outsidePublic, ...owners, adminOutside: 'wrong_room_name' }),
    routes: ['POST /api/rooms/:room/deletion'],
  },
  { room: 'private', cells: signedIn('+', { ...outsidePrivate, ...moderators }), routes: removing },
  {
    room: 'public',
    cells: signedIn('+', { ...outsidePublic, ...moderators }),
    routes: [...removing, ...pins],
  },
  { room: 'private', cells: signedIn('+', { ...outsidePrivate, ...author }), routes: editing },
  { room: 'public', cells: signedIn('+', { ...outsidePublic, ...author }), routes: editing },
  { room: 'private', cells: signedIn('+', { ...outsidePrivate, ...authorOrModerator }), routes: deleting },
  { room: 'public', cells: signedIn('+', { ...outsidePublic, ...authorOrModerator }), routes: deleting },
  // No message on the stage has a link.
  { room: 'private', cells: signedIn('not_found'), routes: pictures },
  { room: 'public', cells: signedIn('not_found'), routes: pictures },
  // Nobody reports what they have said themselves.
  {
    room: 'private',
    cells: signedIn('+', { ...outsidePrivate, owner: 'not_allowed', ...noBots }),
    routes: reporting,
  },
  {
    room: 'public',
    cells: signedIn('+', { roomBanned: 'not_found', owner: 'not_allowed', ...noBots }),
    routes: reporting,
  },
  // Administrators have those of all rooms elsewhere.
  {
    room: 'private',
    cells: signedIn('+', { ...outsidePrivate, ...moderators, ...noBots }),
    routes: reports,
  },
  {
    room: 'public',
    cells: signedIn('+', { ...outsidePublic, ...moderators, adminOutside: '+', ...noBots }),
    routes: reports,
  },
  // Of direct rooms alone.
  { room: 'private', cells: signedIn('not_found', noBots), routes: closing },
  { room: 'public', cells: signedIn('not_found', { ...outsidePublic, ...noBots }), routes: closing },
  // Every other room has nothing of it.
  {
    room: 'private',
    cells: signedIn('+', { ...outsidePrivate, ...noBots }),
    routes: [`GET ${conversion}`, `DELETE ${conversion}`],
  },
  {
    room: 'public',
    cells: signedIn('+', { ...outsidePublic, ...noBots }),
    routes: [`GET ${conversion}`, `DELETE ${conversion}`],
  },
  { room: 'private', cells: signedIn('not_found', noBots), routes: [`PUT ${conversion}`] },
  {
    room: 'public',
    cells: signedIn('not_found', { ...outsidePublic, ...noBots }),
    routes: [`PUT ${conversion}`],
  },
  // A note of one's own, wherever the message is by now.
  { room: 'private', cells: signedIn('+'), routes: unsaving },
  { room: 'public', cells: signedIn('+'), routes: unsaving },
]
