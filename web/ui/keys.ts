// Keys by the names printed on them: a Mac has its own symbols.

export const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

const onMac: Partial<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '⏎', Tab: '⇥' }

/** "Mod K" as it is called here: Mod is Command on a Mac, Ctrl elsewhere. */
export const keyNames = (keys: string, mac: boolean = isMac): string =>
  keys
    .split(' ')
    .map((key) => (mac ? (onMac[key] ?? key) : key === 'Mod' ? 'Ctrl' : key))
    .join(' ')
