// Whether Brook runs as an app of its own window, and on which systems an app is installed by hand.

export const isInstalled = (): boolean =>
  matchMedia('(display-mode: standalone)').matches ||
  (navigator as { standalone?: boolean }).standalone === true

export const isApple = (): boolean => /iPhone|iPad/.test(navigator.userAgent) || isIPadAsMac()
/** An iPad says that it is a Mac, which has no touch screen. */
const isIPadAsMac = (): boolean => /Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1
