// The common look of the composer's buttons, and where what they open stands.
export const barButton =
  'grid size-8 flex-none place-items-center rounded-s text-ink-2 transition-colors -outline-offset-2 hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken data-[state=open]:text-ink touch:size-11'

export const aboveBar = { side: 'top', align: 'start', sideOffset: 10, collisionPadding: 8 } as const
