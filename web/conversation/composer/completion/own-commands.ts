// The commands that come with Brook, in the language of the interface.
import type { OfferedCommand } from '../../../../server/protocol/http.ts'
import { ownCommands } from '../../../../server/protocol/own-commands.ts'
import { t } from '../../../words/words.ts'

const names = ['poll', 'roll', 'remind', 'mute', 'dnd', 'status'] as const

/** How a command is used, and what it does. Another bot may offer one of the same name. */
export function aboutCommand({ name, usage, help }: OfferedCommand): { usage: string; help: string } {
  const own = names.find((one) => one === name)
  if (own === undefined || help !== ownCommands[own].help) return { usage, help }
  return { usage: t(`commands.own.${own}.usage`), help: t(`commands.own.${own}.help`) }
}
