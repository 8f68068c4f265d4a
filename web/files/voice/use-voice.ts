// Voice messages of the composer around a component.
import { onBeforeUnmount, watch } from 'vue'
import { useSession } from '../../account/session.ts'
import { useConversation } from '../../conversation/conversation.ts'
import type { Recorded } from './recorder.ts'
import { makeVoice, type Voice } from './voice.ts'

/**
 * Whoever goes elsewhere, or edits a message, is not recorded any longer, and finds what they have said in the draft; of whoever signs
 * out, nothing is left.
 */
export function useVoice(): Voice {
  const conversation = useConversation()
  const { writing } = conversation
  const voice = makeVoice(async ({ bytes, name, durationMs, waveform }: Recorded) => {
    if (useSession().user?.id !== conversation.user.id) return
    await writing.attachments.add([new File([bytes], name, { type: bytes.type })], {
      voice: true,
      durationMs,
      waveform,
    })
  })
  watch(
    () => writing.editing !== undefined,
    (isEditing) => isEditing && void voice.stop(),
  )
  onBeforeUnmount(() => voice.stop())
  return voice
}
