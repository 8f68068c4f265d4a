// Texts in English: slash commands. See en.ts.
import { ownCommands } from '../../../server/protocol/own-commands.ts'

export const commandsEn = {
  commands: {
    own: ownCommands,
    done: {
      muted: 'This room is muted until you turn it off: /mute off',
      mutedUntil: 'This room is muted until {when}. To end it: /mute off',
      unmuted: 'This room is no longer muted.',
      paused: 'Notifications are paused.',
      pausedUntil: 'Notifications are paused until {when}. To end it: /dnd off',
      resumed: 'Notifications are on again.',
      status_set: 'Your status is set. To clear it: /status clear',
      status_cleared: 'Your status is cleared.',
      no_span: 'For how long? For example: 30m, 2h, 1d, off',
    },
    by: 'from {name}',
    keys: '↑ ↓ to select · Enter or Tab to insert · Esc to close · // for a slash',
    none: 'No matching command. Type // to start a message with a slash.',
    asking: 'Running {command}…',
    onlyYou: 'Only you can see this',
    dismiss: 'Dismiss',
    offline: "You're offline, so the command was not sent. It is still here.",
    failed: "Couldn't load commands.",
    tooLong: 'This command is too long.',
    refused: "Couldn't run {command}. {why}",
    unknown_command:
      'There is no command {command}. Type / to see all commands, or // to start a message with a slash.',
    command_timeout: '{command} took too long to answer. Try again in a moment.',
    command_failed: '{command} failed. Nothing was sent.',
  },
}
