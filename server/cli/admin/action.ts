// What one action of `brook admin` is, and what several of them need.
import type { Db } from '../../db.ts'
import { idByName } from '../../naming/names-taken.ts'
import { cleanName, nameKey } from '../../protocol/names.ts'
import type { ReadyConfig } from '../ready.ts'
import { UsageError, type Given } from '../verb.ts'

/** Resolves to the lines to print. */
type Work = (config: ReadyConfig) => Promise<string[]>

export interface AdminAction {
  /** What follows its name in the help: "NAME". */
  usage?: 'NAME' | 'NAME NEW' | 'NAME|ADDRESS'
  about: string
  /** It changes nothing. */
  reads?: true
  /**
   * Reads what was typed before the stores are opened. `name`: what follows the action, '' for one that takes none.
   * @throws UsageError
   */
  run(name: string, given: Given): Work
}

export const nobodyCalled = (name: string) => new UsageError(`there is nobody with the name "${name}"`)

/** The id of whoever has this name, or had it of late. @throws UsageError */
export async function idCalled(db: Db, name: string): Promise<string> {
  const id = await idByName(db, nameKey(cleanName(name) ?? ''))
  if (id === undefined) throw nobodyCalled(name)
  return id
}

/** 2026-12-07 17:06 UTC. `at`: ms since 1970. */
export const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
