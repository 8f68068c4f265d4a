// The common look of the composer's buttons.
export const barButton =
  'grid size-8 flex-none place-items-center rounded-s text-ink-2 transition-colors -outline-offset-2 hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken data-[state=open]:text-ink touch:size-11'
