// What this needs of those who decide what people are told.

export interface Missed {
  /** In the order in which they were decided. */
  id: number
  user: string
  mark: { room: string; seq: number; cause: string }
  /** When it was said, in ms since 1970. */
  at: number
}

export interface MissedSource {
  onDecided(listener: () => void): () => void
  newest(): Promise<number>
  /** The next ones after an id (exclusive), in their order. */
  after(id: number, limit: number): Promise<Missed[]>
  /** The ids of those that have still to be delivered, at this moment. */
  stillWanted(notifications: readonly { id: number }[]): Promise<Set<number>>
}
