// What a case is to the bench: rounds of one contender after the other, figures of each, and what was wrong.
import path from 'node:path'

export interface Round {
  figures: Record<string, number>
  /** Missing, doubled, out of order, or not in MySQL. Anything here ends the bench with 1. */
  wrong: string[]
}

export interface Settings {
  sockets: number
  threads: number
  seconds: number
  /** Sockets of the cases that have many. */
  crowd: number
  perSecond: number
  inFlight: number
  entries: number
  /** Messages of the room of `history`. */
  rows: number
  /** A folder for CPU profiles of our server; undefined: none are made. */
  profiles: string | undefined
}

export interface Case<Contender extends string = string> {
  name: string
  /** Which of the eight aims its figures belong to (docs/PERFORMANCE.md); undefined: none. */
  aim?: number
  about: (settings: Settings) => string
  /** Ours first; the others are compared with it. */
  contenders: readonly Contender[]
  /** Figures of the summary: a ratio above 1 is in our favour. */
  shown: readonly {
    figure: string
    unit: string
    digits?: number
    better: 'more' | 'less' | 'none'
    /** What ours should reach, or stay below; undefined: it is only shown. */
    target?: number | undefined
    /** The ratio to a peer that should be reached, by its name. */
    against?: Record<string, number>
    /** It stands in the table of the eight without a target or a peer. */
    isTold?: boolean
  }[]
  round: (contender: Contender, settings: Settings, number: number) => Promise<Round>
}

/** Where a round's CPU profile is kept, when profiles are wanted. */
export const profileOf = (
  { profiles }: Settings,
  ...[name, contender, number]: [name: string, contender: string, number: number]
): string | undefined => profiles && path.join(profiles, `${name}-${contender}-${number}.cpuprofile`)
