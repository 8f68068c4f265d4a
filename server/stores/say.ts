// How the stores tell a person what they do. What stands on the other side (a terminal, a log) is the caller's.

/** Says one line. A passing one is progress: the next line takes its place. */
export type Say = (line: string, kind?: 'passing') => void
