// Turns notifications on for this device, and says what became of it. From a click alone: browsers ask for permission only then.
import { tellDone, tellRefused } from '../ui/notify.ts'
import { sayRefusal } from '../words/refused.ts'
import { t } from '../words/words.ts'
import { usePushDevice } from './device.ts'

export async function turnOnHere(): Promise<void> {
  const outcome = await usePushDevice().turnOn()
  if (outcome === undefined) tellDone(t('alerts.isOn'))
  else if (outcome === 'blocked') tellRefused(t('alerts.blocked'))
  else if (outcome === 'failed') tellRefused(t('alerts.notOn'))
  else tellRefused(sayRefusal(outcome))
}
