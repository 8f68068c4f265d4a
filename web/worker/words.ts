// What the service worker and the pages say to each other.

/** `insist`: the next page is asked of the server; answered by the port that comes with it. `used`: the page has these files already. */
export type ToWorker = { type: 'insist' } | { type: 'used'; paths: readonly string[] }

/** `build`: this one has taken over. `open`: somebody has clicked on a notification. */
export type ToPage = { type: 'build'; build: string } | { type: 'open'; link: string }
