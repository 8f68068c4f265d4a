// The common look of menus; reka-ui provides their behaviour.
export const menuPanel =
  'z-50 max-h-(--reka-popper-available-height) overflow-y-auto overscroll-contain min-w-56 font-normal tracking-normal max-w-[min(320px,calc(100vw-16px))] animate-appear rounded-m border border-line bg-surface p-1 shadow-high outline-none'
const item =
  'flex h-9 items-center gap-2.5 rounded-s px-2.5 text-md outline-none select-none data-highlighted:bg-sunken active-mark touch:h-11'
export const menuItem = `${item} text-ink [&>svg]:text-ink-3`
export const menuBadItem = `${item} text-bad`
export const menuLine = 'my-1 h-px bg-line'
