// How often somebody may do what: every rate of this Brook, each with its reason.
import { hour, minute, second } from './units.ts'

/** Token buckets per person or address: `burst` at once, then `per` in `everyMs`. PACING=off lifts them. */
export const rates = {
  /** A person types far less; a script that sends a backlog fits in the burst. */
  send: { burst: 30, per: 10, everyMs: second },
  /** A bot answers many people at once, but it is one program: above that it floods its rooms. */
  botSend: { burst: 100, per: 20, everyMs: second },
  /** A poll that finds something is answered at once; each returns up to limits.bots.entries.max. */
  botPoll: { burst: 20, per: 10, everyMs: second },
  /** One acknowledgement for each poll. */
  botAck: { burst: 20, per: 10, everyMs: second },
  /** Of one incoming webhook on one server: Slack's rate, and a burst for a monitor with many messages at once. */
  hook: { burst: 10, per: 1, everyMs: second },
  /** A search reads up to limits.search.examined messages; a person who types gets one for each pause. */
  search: { burst: 20, per: 3, everyMs: second },
  /**
   * What one person reads over HTTP, in messages: the `limit` of each request, or of a page where it has none. A browser that
   * scrolls fast reads 250 a second; a page of 200 long messages takes a server some 30 ms.
   */
  pages: { burst: 4_000, per: 500, everyMs: second },
  /**
   * Requests of one person that change something, whatever it is: more than a person does, and more than a bot that sends and
   * acknowledges as fast as it may.
   */
  changes: { burst: 300, per: 50, everyMs: second },
  /**
   * Requests without a session from one address, also those that are refused, for it may be that a store was asked: 5,000 people
   * behind one proxy load the sign-in page within a minute. The addresses of webhooks are counted apart.
   */
  strangers: { burst: 1_000, per: 250, everyMs: second },
  /** /metrics and /readyz, for one address: several load balancers and monitors behind it ask once a second each. */
  probe: { burst: 50, per: 10, everyMs: second },
  /** /api/docs for one address: the page is some ten files, and its document 300 KB. */
  docs: { burst: 60, per: 5, everyMs: second },
  typing: { burst: 5, per: 2, everyMs: second },
  read: { burst: 20, per: 10, everyMs: second },
  resume: { burst: 10, per: 1, everyMs: second },
  /** Questions at the door from one address on one server: what the workspace is called, a link, an attempt to come in. */
  knock: { burst: 200, per: 20, everyMs: second },
  /** Sign-ups from one address: a class behind one router gets in, a script does not. SIGN_UP_LIMIT sets another number. */
  signUp: { burst: 30, per: 30, everyMs: hour },
  /** Requests to join from one address: more than one person who mistypes, and a script fills no queue. */
  askToJoin: { burst: 5, per: 5, everyMs: hour },
  /** Mails that one address of the network asks for, to whomever: a class that forgets its passwords. */
  askForMail: { burst: 30, per: 30, everyMs: hour },
  /** Mails with a link to one mail address, whoever asks for them: nobody's mailbox is filled by others. */
  mailTo: { burst: 5, per: 5, everyMs: hour },
  /** New mail addresses of one person: they mistype it, and take another one. */
  mailAddress: { burst: 10, per: 10, everyMs: 24 * hour },
  /** Wrong passwords for one account, from anywhere; and from one address, for any account (SIGN_IN_LIMIT). */
  signInAccount: { burst: 10, per: 10, everyMs: 15 * minute },
  signInAddress: { burst: 50, per: 50, everyMs: 15 * minute },
  /** How often the audit log says that somebody is locked out, for an account and an address. */
  notedLockout: { burst: 1, per: 1, everyMs: 15 * minute },
  /** People whom one person brings into rooms: a department that moves in within an hour. */
  bringIn: { burst: 200, per: 200, everyMs: hour },
  /** ... of them the same one: a newcomer is brought into a team's rooms, a stranger is not dragged in and out. */
  bringInOne: { burst: 10, per: 10, everyMs: hour },
  /** New names of one person, each of which keeps the one before from others for a month. */
  rename: { burst: 5, per: 5, everyMs: 24 * hour },
  /** Changes of one person's own profile and status: a day of many meetings; each is told to whoever looks. */
  profile: { burst: 60, per: 60, everyMs: hour },
  /** Images of one person: somebody tries a few, each of which takes a server 150 ms. */
  avatar: { burst: 10, per: 20, everyMs: hour },
  /** Emoji that one person adds, each of which takes a server up to some seconds: a folder of them at once, and then another. */
  emoji: { burst: 60, per: 120, everyMs: hour },
  /** Images of emoji that one person's pages load: all of a picker at once. */
  emojiImages: { burst: 1_500, per: 200, everyMs: second },
  /** Faces that one person's pages load: two screens of a list at once, then as fast as one scrolls. */
  faces: { burst: 500, per: 100, everyMs: second },
  /** Pages of links that one person sends: a list of links at once, and then a lively talk; the others come later. */
  cardsOfPerson: { burst: 20, per: 10, everyMs: minute },
  /** ... that one site is asked for by one process: no site notices it. */
  cardsOfSite: { burst: 5, per: 1, everyMs: second },
  /** Pictures of link cards that one person's pages load: two screens at once, then as fast as one scrolls. */
  cardPictures: { burst: 300, per: 50, everyMs: second },
  /** Files, parts of them, and questions about them: two screens of pictures, and a player that seeks. */
  files: { burst: 600, per: 100, everyMs: second },
  /** What one connection looks at, told when it scrolls; and whether somebody is idle. */
  watch: { burst: 30, per: 5, everyMs: second },
  /** Rooms created by one person. */
  createRoom: { burst: 20, per: 20, everyMs: hour },
  /** Direct rooms that one person begins: a morning of greetings; a script that writes to everybody is stopped. */
  direct: { burst: 60, per: 60, everyMs: hour },
  /** Messages that one person reports: a bad evening; whoever reports more floods the queue. */
  report: { burst: 20, per: 20, everyMs: hour },
  /** WebSocket handshakes from one address on one server: 5,000 people behind one proxy reconnect within 15 s. */
  handshake: { burst: 1_000, per: 300, everyMs: second },
} as const

export interface Rate {
  burst: number
  per: number
  everyMs: number
}
