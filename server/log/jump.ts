/** A jump in a room's numbers: the log was trimmed before this tail had read it. MySQL has what is missing. */
export interface Jump {
  room: string
  from: number
  to: number
}
