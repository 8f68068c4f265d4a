// Gathers what arrives in quick succession, and hands it over in one piece: at once while it is quiet, and in larger
// pieces the busier it is.

/** A batch after coming back arrives in parts. */
const firstMs = 350
/** Time for a screen reader to say the last piece. */
const betweenMs = 4_000

export function gathered<Item>(tell: (items: Item[]) => void) {
  let waiting: Item[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let lastAt = -Infinity

  function flush(): void {
    timer = undefined
    lastAt = Date.now()
    tell(waiting.splice(0))
  }

  return {
    add: (items: readonly Item[]): void => {
      if (items.length === 0) return
      waiting = [...waiting, ...items]
      timer ??= setTimeout(flush, Math.max(firstMs, lastAt + betweenMs - Date.now()))
    },
    close: () => clearTimeout(timer),
  }
}
