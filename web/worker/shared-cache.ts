// Where the browser keeps what was shared with the installed app (shared.ts), for whoever removes all of it.
export const sharedCache = 'brook-shared'
