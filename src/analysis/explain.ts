import type { Rates, Reason, RequestVerdict } from './judge.ts';
import type { Signal } from './signals.ts';
import type { Tally } from './stats/rate-bounds.ts';

const WHAT: Record<Signal, string> = {
  failed: 'failed',
  slow: 'were slow',
  refused: 'were refused with a 4xx',
  size: 'had an answer of another size',
};

/** One sentence for operators, with the numbers that decided. */
export function explain(verdict: RequestVerdict): string {
  switch (verdict.result) {
    case 'fail': {
      const [first, ...more] = [...verdict.reasons].sort(byEvidence);
      if (!first) return 'The canary is worse than the stable.';
      const others = more.length > 0 ? ` (and ${more.length} more such findings)` : '';
      return `${reasonText(first)}${others}.`;
    }
    case 'pass':
      return `${ratesText(verdict.rates)}; its rate is at most ${percent(verdict.rates.excess)} above the stable's.`;
    case 'wait':
      return verdict.missing === 'requests'
        ? `Too few requests to tell: ${verdict.rates.canary.trials} on the canary.`
        : `${ratesText(verdict.rates)}; its rate may still be ${percent(verdict.rates.excess)} above the stable's.`;
  }
}

function reasonText({ signal, group, stable, canary }: Reason): string {
  const where = group === undefined ? 'requests' : `requests of ${group}`;
  const factor = rate(stable) > 0 ? `, ${times(rate(canary) / rate(stable))} as often` : '';
  return `${canary.failed} of ${canary.trials} ${where} on the canary ${WHAT[signal]}, and ${stable.failed} of ${stable.trials} on the stable${factor}`;
}

function ratesText({ stable, canary }: Rates): string {
  return `${canary.failed} of ${canary.trials} requests failed on the canary, ${stable.failed} of ${stable.trials} on the stable`;
}

function byEvidence(left: Reason, right: Reason): number {
  // A finding about all requests is more important than one about a single group.
  const whole = Number(left.group !== undefined) - Number(right.group !== undefined);
  return whole || right.evidence - left.evidence;
}

function rate({ trials, failed }: Tally): number {
  return trials === 0 ? 0 : failed / trials;
}

function times(factor: number): string {
  return `${factor < 10 ? factor.toFixed(1) : Math.round(factor)} times`;
}

function percent(share: number): string {
  const value = share * 100;
  return `${value >= 10 ? value.toFixed(0) : value.toPrecision(2)} %`;
}
