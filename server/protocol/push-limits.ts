// The limits of web push; read them in `limits`.
import { hour, minute, second } from './units.ts'

export const pushLimits = {
  push: {
    /** Devices of one person: each is a request per message. With one more, the oldest is forgotten. */
    devices: 16,
    /** Characters of the address at the push service; those of browsers have some 200. */
    endpointChars: 1_000,
    /** A message waits so long from when it was said: somebody who has it open reads it meanwhile, and nobody is called. */
    graceMs: 1 * second,
    /** A push service must answer within this time, or it is tried again. */
    timeoutMs: 5 * second,
    /** Bytes that are read of an answer: only its status matters. */
    answerBytes: 16 * 1024,
    /** What no service has taken for so long is dropped, and a service keeps it for a device that is off until then. */
    keptMs: 24 * hour,
    /** The delays between tries double from the first to the max, half of each random. */
    retry: { firstMs: 2 * second, maxMs: 15 * minute },
    /** A device that nothing has reached for so long is forgotten: it was sold, or its browser removed. */
    giveUpMs: 30 * 24 * hour,
    /** Characters of a message that are shown; a phone shows fewer. */
    wordsChars: 200,
    /** Notifications that are read at a time, some 200 bytes each. */
    page: 500,
    /** Messages for one service that are read, and requests to it at once: the quick ones in some 100 ms each. */
    lane: { rows: 250, requests: 64, slowRequests: 4 },
    /** Services that are served at once, and those among them whose last answers were late. */
    lanes: { all: 24, slow: 8, slowMs: 1 * second },
    /** A process that delivers and does not say so for this long is replaced. It says so four times as often. */
    leaseMs: 4 * second,
    /** How often the table is asked what is new, which the process that decides says sooner. */
    lookEveryMs: 500,
    /** How often what devices show is compared with what was read, for what nobody has heard of. */
    shownEveryMs: 1 * minute,
    /** How often somebody who must not be disturbed is looked at who has named no end. */
    heldAgainMs: 1 * minute,
    /** Notifications that one summary counts; above, it says so. */
    summary: { notifications: 2_000, rooms: 6 },
  },
} as const
