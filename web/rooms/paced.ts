// Paces what is drawn for many rooms: the first at once, and what follows soon after together, so that a pane of hundreds of
// rooms is drawn a few times a second, however much is said in them.

/** Four times a second: a badge that counts faster cannot be read. */
const everyMs = 250

/** `draw` is called with each key that was asked for, once for all that came in between. */
export function paced(draw: (key: string) => void) {
  const waiting = new Set<string>()
  let timer: ReturnType<typeof setTimeout> | undefined

  function flush(): void {
    timer = undefined
    const keys = [...waiting]
    waiting.clear()
    if (keys.length === 0) return
    keys.forEach(draw)
    timer = setTimeout(flush, everyMs)
  }

  return {
    soon: (key: string): void => {
      waiting.add(key)
      if (timer === undefined) flush()
    },
    drop: (): void => {
      clearTimeout(timer)
      timer = undefined
      waiting.clear()
    },
  }
}
