// All that `brook doctor` looks at, in the order in which it tells it: the log and the words first, then what is made of them.
import type { Check } from '../check.ts'
import { audit } from './audit.ts'
import { pins, reactions } from './beside.ts'
import { bytes } from './bytes.ts'
import { deadLetters } from './dead-letters.ts'
import { deletions } from './deletions.ts'
import { edits } from './edits.ts'
import { files } from './files.ts'
import { log } from './log.ts'
import { mentions } from './mentions.ts'
import { notifications } from './notifications.ts'
import { numbers } from './numbers.ts'
import { previews } from './previews.ts'
import { readMarkers } from './read-markers.ts'
import { search } from './search.ts'
import { states } from './states.ts'
import { threads } from './threads.ts'
import { words } from './words.ts'

export const checks: readonly Check[] = [
  log,
  numbers,
  words,
  deadLetters,
  edits,
  deletions,
  reactions,
  pins,
  states,
  threads,
  mentions,
  readMarkers,
  search,
  files,
  bytes,
  previews,
  notifications,
  audit,
]
