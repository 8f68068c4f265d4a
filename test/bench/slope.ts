// A straight line through samples, by least squares.

export interface Sample {
  hours: number
  value: number
}

export interface Slope {
  mean: number
  perHour: number
}

export function slopeOf(samples: readonly Sample[]): Slope {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const [middle, level] = [mean(({ hours }) => hours), mean(({ value }) => value)]
  const spread = mean(({ hours }) => (hours - middle) ** 2)
  const together = mean(({ hours, value }) => (hours - middle) * (value - level))
  return { mean: level, perHour: spread === 0 ? 0 : together / spread }
}
