// A case of the bench: rounds of one contender after the other, the figures of each, and its errors.
import path from 'node:path'

export interface Round {
  figures: Record<string, number>
  /** Missing, doubled, out of order, or not in MySQL. Any of these makes the bench exit with 1. */
  wrong: string[]
}

export interface Settings {
  sockets: number
  threads: number
  seconds: number
  /** Sockets of the cases with many. */
  crowd: number
  perSecond: number
  inFlight: number
  entries: number
  /** Messages of the room of `history`. */
  rows: number
  /** Of `fairness`: part of the names of those that are played. */
  ways: string
  /** The folder for CPU profiles of our server; undefined: none. */
  profiles: string | undefined
}

export interface Case<Contender extends string = string> {
  name: string
  /** Which of the eight targets its figures belong to (docs/PERFORMANCE.md); undefined: none. */
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
    /** The target for ours; undefined: it is only shown. */
    target?: number | undefined
    /** The ratio to a peer that should be reached, by its name. */
    against?: Record<string, number>
    /** Shown in the table of the eight without a target or a peer. */
    isTold?: boolean
  }[]
  round: (contender: Contender, settings: Settings, number: number) => Promise<Round>
}

/** The path of a round's CPU profile, if profiles are wanted. */
export const profileOf = (
  { profiles }: Settings,
  ...[name, contender, number]: [name: string, contender: string, number: number]
): string | undefined => profiles && path.join(profiles, `${name}-${contender}-${number}.cpuprofile`)
