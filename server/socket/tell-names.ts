// Tells everybody who is connected here that people are called otherwise now.
import type { PresentNames } from '../naming/present-names.ts'
import type { RenamedEvent } from '../protocol/events.ts'
import type { Person } from '../protocol/people.ts'
import type { ConnectionRegistry } from './connection-registry.ts'

/** Whoever it is says things under the new name from now on, and hears what an administrator says who has changed it. */
export function tellNames(
  connections: Pick<ConnectionRegistry, 'of'> & Iterable<{ tellLines: (lines: readonly string[]) => void }>,
  names: Pick<PresentNames, 'noteFor'>,
  people: readonly Person[],
): void {
  for (const { id, name } of people) {
    const note = names.noteFor(id)
    for (const one of connections.of(id)) {
      one.rename(name)
      if (note !== undefined) one.tell({ type: 'renamed', people: [], note })
    }
  }
  const event: RenamedEvent = { type: 'renamed', people: [...people] }
  const lines = [JSON.stringify(event)]
  for (const one of connections) one.tellLines(lines)
}
