// Slash commands that other processes answer.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Gate } from '../posting/gate.ts'
import { Commands, type CommandDeps } from './commands.ts'
import { knownBots } from './known-bots.ts'
import { commandRoutes } from './routes.ts'

/** `own`: the commands that other features answer. */
export function commandFeature(
  core: Core,
  { gate, ...deps }: Omit<CommandDeps, 'isBot' | 'onError'> & { gate: Gate },
): Feature & { commands: Commands } {
  const commands = new Commands({ ...deps, isBot: knownBots(core.db), onError: core.onError })
  return { commands, routes: (app) => commandRoutes(app, { gate, commands }) }
}
