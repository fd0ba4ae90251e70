import { formatWeight } from '../proxy/weight.ts';
import type { Forecast, ForecastBad, ForecastStep, ForecastTraffic } from '../rollout/forecast.ts';
import { alignColumns } from './table.ts';
import type { Theme } from './theme.ts';

type Known = Extract<Forecast, { known: true }>;

/** What a release will probably take, for people. */
export function forecastText(forecast: Forecast, theme: Theme): string {
  if (!forecast.known) return theme.dim(`· Cannot foresee this release: ${forecast.why}`);
  const { traffic, judged, steps, bad } = forecast;
  return [
    theme.bold('What to expect'),
    `  ${theme.dim(trafficText(traffic))}`,
    alignColumns(
      steps.map((step) => stepRow(step, judged)),
      '  ',
    ),
    ...(judged
      ? [
          alignColumns(
            bad.map((each) => badRow(each)),
            '  ',
          ),
          ...shortageLines(forecast, theme),
        ]
      : [`  ${theme.warn('!')} Nobody judges this canary: if it fails, it keeps its users.`]),
  ].join('\n');
}

function trafficText({ requests, users, seconds, failing }: ForecastTraffic): string {
  const rate = seconds > 0 ? requests / seconds : requests;
  const fails = failing > 0 ? `, ${failing} % of them failed` : '';
  return `if traffic stays as in the last ${timeText(seconds)}: ${rateText(rate)} from ${countText(users, 'user')}${fails}`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 0.95) return `${countText(perSecond, 'request')} a second`;
  if (perSecond * 60 >= 0.95) return `${countText(perSecond * 60, 'request')} a minute`;
  return `${countText(perSecond * 3600, 'request')} an hour`;
}

function stepRow({ step, weight, users, seconds, slowest }: ForecastStep, judged: boolean) {
  const who = `about ${countText(users, 'user')}`;
  const place = [`step ${step}`, formatWeight(weight)];
  if (!judged) return [...place, who];
  if (seconds === null) return [...place, who, 'not enough traffic to pass'];
  const late = slowest === null ? 'sometimes never' : `at most ${timeText(slowest)}`;
  const spread = slowest === seconds ? '' : `, ${late}`;
  return [...place, who, `passes after ${timeText(seconds)}${spread}`];
}

function badRow({ failing, hurt, most, seconds }: ForecastBad): string[] {
  const whom =
    most > hurt ? `${hurt} to ${countText(most, 'user')} hurt` : `${countText(hurt, 'user')} hurt`;
  const end = seconds === null ? 'not noticed' : `taken back after ${timeText(seconds)}`;
  return [`if it fails ${failing} %`, end, whom];
}

function shortageLines({ enough, advice }: Known, theme: Theme): string[] {
  if (enough) return [];
  const lines = advice?.split('\n').map((line) => `      ${theme.bold(line)}`);
  return [`  ${theme.warn('!')} ${shortage(lines !== undefined)}`, ...(lines ?? [])];
}

function shortage(isAdvised: boolean): string {
  return isAdvised
    ? 'This traffic is too little for these settings. These would do, in canary.yaml:'
    : 'This traffic is too little to judge a canary: use `--weight` and decide by hand.';
}

/** A time that need not be exact: `45 s`, `12 min`, `3 h`. */
function timeText(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 36 * 3600) return `${rounded(seconds / 3600)} h`;
  return `${rounded(seconds / 86_400)} days`;
}

function countText(count: number, what: string): string {
  const number = rounded(count);
  return `${number} ${number === '1' ? what : `${what}s`}`;
}

/** Two digits say as much as is known. */
function rounded(value: number): string {
  if (value === 0) return '0';
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  const number = value < 10 ? Math.round(value * 10) / 10 : Math.round(value / unit) * unit;
  return number.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
