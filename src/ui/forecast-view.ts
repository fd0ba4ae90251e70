import { formatWeight } from '../proxy/weight.ts';
import type { Forecast, ForecastBad, ForecastStep } from '../rollout/forecast.ts';
import { alignColumns } from './table.ts';
import type { Theme } from './theme.ts';

type Known = Extract<Forecast, { known: true }>;

/** What a release will probably take, for people. */
export function forecastText(forecast: Forecast, theme: Theme): string {
  if (!forecast.known) return theme.dim(`· Cannot foresee this release: ${forecast.why}`);
  const { traffic, judged, steps, bad } = forecast;
  return [
    theme.bold(`What to expect, at the traffic of the last ${timeText(traffic.seconds)}`),
    `  ${theme.dim(trafficText(forecast))}`,
    alignColumns(
      steps.map((step) => stepRow(step, judged)),
      '  ',
    ),
    ...(judged
      ? ['  A canary that fails', alignColumns(bad.map(badRow), '    ')]
      : [`  ${theme.warn('!')} Nobody judges this canary: if it fails, it keeps its users.`]),
    ...shortageLines(forecast, theme),
  ].join('\n');
}

function trafficText({ traffic, steps }: Known): string {
  const { requests, users, seconds, failing } = traffic;
  // How many there are is not known before most of them came again.
  const least = steps.some((step) => step.users === null) ? 'at least ' : '';
  const rate = rateText(seconds > 0 ? requests / seconds : requests);
  const fails = failing > 0 ? `; ${failing} % of requests fail on the stable` : '';
  return `${rate}, ${least}${countText(users, 'user')}${fails}`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 0.95) return `${countText(perSecond, 'request')} a second`;
  if (perSecond * 60 >= 0.95) return `${countText(perSecond * 60, 'request')} a minute`;
  return `${countText(perSecond * 3600, 'request')} an hour`;
}

function stepRow({ step, weight, users, seconds, slowest }: ForecastStep, judged: boolean) {
  const place = [
    `step ${step}`,
    formatWeight(weight).padStart(5),
    users === null ? 'of users' : `about ${countText(users, 'user')}`,
  ];
  if (!judged) return users === null ? place : [...place, `within ${timeText(seconds ?? 0)}`];
  if (seconds === null) return [...place, 'too little traffic to pass'];
  const late = slowest === null ? 'some never' : `9 of 10 within ${timeText(slowest)}`;
  return [...place, `passes after ${timeText(seconds)}${slowest === seconds ? '' : `, ${late}`}`];
}

function badRow({ failing, hurt, most, seconds }: ForecastBad): string[] {
  const range = most > hurt ? `${rounded(hurt)} to ` : '';
  const end =
    seconds === null ? 'is not noticed in time' : `is taken back after ${timeText(seconds)}`;
  return [`${failing} %`.padStart(5), `hurts ${range}${countText(most, 'user')}`, end];
}

function shortageLines(forecast: Known, theme: Theme): string[] {
  if (forecast.enough) return [];
  const settings = forecast.advice?.split('\n') ?? [];
  return [
    `  ${theme.warn('!')} ${shortageText(forecast)}`,
    ...settings.map((line) => `      ${theme.bold(line)}`),
  ];
}

/** That there is too little traffic for the settings, without those that would do. */
export function shortageText({ advice }: Pick<Known, 'advice'>): string {
  return advice === null
    ? 'Too little traffic to judge a canary: use `--weight`, and decide by hand.'
    : 'Too little traffic for these settings. In canary.yaml, these would do:';
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
