// The project's folder on disk, found from this file whether it runs from source or from dist/.
import { existsSync } from 'node:fs'
import path from 'node:path'

const findRoot = (from: string): string =>
  existsSync(path.join(from, 'package.json')) ? from : findRoot(path.dirname(from))

export const root = findRoot(import.meta.dirname)
