// @vitest-environment happy-dom
// The button of voice messages under a finger.
import { expect, it } from 'vitest'
import { createApp, h } from 'vue'
import type { Voice } from '../../../web/files/voice/voice.ts'
import VoiceButton from '../../../web/files/voice/VoiceButton.vue'

it('a button that goes away under the finger leaves nobody recorded', () => {
  const told: string[] = []
  const voice = {
    stage: 'recording',
    record: async () => void told.push('record'),
    stop: async () => void told.push('stop'),
  } as unknown as Voice
  const app = createApp({ render: () => h(VoiceButton, { voice }) })
  const place = document.createElement('div')
  app.mount(place)
  const touch = { pointerType: 'touch', pointerId: 1, bubbles: true }
  place.querySelector('button')?.dispatchEvent(new PointerEvent('pointerdown', touch))
  expect(told).toEqual(['record'])
  app.unmount()
  expect(told).toEqual(['record', 'stop'])
  // What the finger does afterwards is nobody's.
  dispatchEvent(new PointerEvent('pointerup', touch))
  expect(told).toEqual(['record', 'stop'])
})
