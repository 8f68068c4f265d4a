// How a process reports to whoever runs it. The caller decides where the lines go (a terminal, a log).

/** A 'passing' line is progress, which the next line replaces. A line without a kind tells what the process does. */
export type Kind = 'passing' | 'warn' | 'error'

/** Prints one line. */
export type Say = (line: string, kind?: Kind) => void
