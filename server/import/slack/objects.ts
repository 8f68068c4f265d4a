// Reads the lists of an export's files.
import type { Refuse } from '../source.ts'
import type { Archive } from './archive.ts'
import { elements } from './json-array.ts'

/** The objects of a file, each with its position; damaged ones are reported. */
export async function* objectsIn(
  archive: Archive,
  name: string,
  place: string,
  refuse: Refuse,
): AsyncGenerator<{ raw: unknown; at: string }> {
  try {
    for await (const { index, line, value, broken } of elements(await archive.read(name))) {
      const at = `${place}, line ${line} (index ${index})`
      if (broken === undefined) yield { raw: value, at }
      else refuse({ place: at, why: `broken: ${broken}`, expected: false })
    }
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    refuse({ place, why: `it cannot be unpacked: ${(error as Error).message}`, expected: false })
  }
}
