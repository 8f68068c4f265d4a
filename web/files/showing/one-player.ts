// Only one film or sound is heard at a time: what starts pauses what was playing. Nothing is heard while somebody records.
let playing: HTMLMediaElement | undefined

export function startsPlaying(event: Event): void {
  if (!(event.target instanceof HTMLMediaElement)) return
  if (playing !== undefined && playing !== event.target) playing.pause()
  playing = event.target
}

export function stopPlaying(): void {
  playing?.pause()
  playing = undefined
}
