// At which addresses the web app has pages. The server gives its page there, and the service worker of a browser the one that it has
// kept; everything else is for the server alone.

/** Not the app's, whatever follows. A page of another kind that the server gets is added here. */
const others = /^\/(?:api|assets|docs|healthz|metrics|public|readyz|\.well-known)(?:\/|$)/

/** A file that is not there is not a page: `/sw.js`, `/favicon.ico`. `path`: of an address, without its query. */
export const isPageOfApp = (path: string): boolean => !others.test(path) && !/\.[^/]*$/.test(path)

/** To where a system posts what another app shares with the installed one; the service worker takes it. */
export const sharePath = '/share'
/** The scheme of links that open in the installed app: web+brook://chat.example.org/rooms/7/12. */
export const linkScheme = 'web+brook'
/** Where such a link is opened: the page whose query has it. */
export const openPath = '/open'
